/// Which region to speak to.
package enum AWSRegion {
  /// The option, else `AWS_REGION`, else `AWS_DEFAULT_REGION`, else the profile's `region`, else nil.
  ///
  /// - Parameters:
  ///   - option: what the user asked for.
  ///   - profile: the profile that the user asked for; `AWS_PROFILE`, else `default`, when nil.
  /// - Throws: `CredentialsError` if a shared file is needed and can't be read or understood.
  package static func resolve(
    option: String?, profile: String?, surroundings: CredentialsSurroundings
  ) throws(CredentialsError) -> String? {
    if let option, !option.isEmpty { return option }
    if let region = variable(in: surroundings) { return region }
    let name = profile ?? surroundings.settings.profileName
    do throws(CredentialsError.Reason) {
      return try SharedFiles(surroundings.settings).profiles[name]?["region"].flatMap {
        $0.isEmpty ? nil : $0
      }
    } catch {
      throw CredentialsError([.init(.profile(name), error)], stoppedAtFailure: true)
    }
  }

  /// Whether the name can be a region's: it becomes part of host names.
  package static func isWellFormed(_ region: String) -> Bool {
    (1...63).contains(region.utf8.count) && region.utf8.first != UInt8(ascii: "-")
      && region.utf8.allSatisfy {
        (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
      }
  }

  /// What a region's name looks like, in a sentence.
  static let form = "a region's name such as eu-west-2"

  /// The environment's region.
  static func variable(in surroundings: CredentialsSurroundings) -> String? {
    surroundings.variable("AWS_REGION") ?? surroundings.variable("AWS_DEFAULT_REGION")
  }
}
