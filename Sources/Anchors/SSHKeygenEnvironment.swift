/// The surroundings in which `ssh-keygen` runs.
struct SSHKeygenEnvironment {
  /// What it, its agent, its security keys and the programs that ask for a passphrase need. Nothing else is handed on: our
  /// own environment may hold the secrets of a target.
  private static let names: Set<String> = [
    "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG", "TERM", "SSH_AUTH_SOCK", "SSH_ASKPASS",
    "SSH_ASKPASS_REQUIRE", "SSH_SK_PROVIDER", "SSH_SK_HELPER", "SSH_PKCS11_HELPER", "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS",
  ]

  /// What is handed on.
  let variables: [String: String]

  /// Picks what is handed on.
  ///
  /// - Parameter asksOnTerminal: whether a passphrase is typed on the terminal, unless a program for that is named.
  init(_ environment: [String: String], asksOnTerminal: Bool) {
    var variables = environment.filter { Self.names.contains($0.key) }
    // The bytes to sign come over standard input, which then is no terminal; so that a desktop's DISPLAY doesn't make
    // ssh-keygen look for a program that asks, where there is somebody at a terminal.
    if asksOnTerminal && variables["SSH_ASKPASS"] == nil && variables["SSH_ASKPASS_REQUIRE"] == nil {
      variables["SSH_ASKPASS_REQUIRE"] = "never"
    }
    self.variables = variables
  }

  /// Where a program is, by PATH's absolute folders: an empty or relative entry would take it from the current folder,
  /// where others may put files.
  func path(of program: String) -> String? {
    let folders = (variables["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
    return folders.map { $0 + "/" + program }.first(where: Platform.isProgram)
  }
}
