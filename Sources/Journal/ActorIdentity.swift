import Foundation

/// Who appends: the person's account, the machine, and the AWS caller where there is one.
public struct ActorIdentity: Hashable, Codable, Sendable {
  /// The operating system's user.
  public let user: String
  /// The host.
  public let host: String
  /// ARN of the AWS caller, or nil.
  public let arn: String?
  /// Name and version of the program.
  public let tool: String

  /// An identity.
  public init(user: String, host: String, arn: String? = nil, tool: String) {
    self.user = user
    self.host = host
    self.arn = arn
    self.tool = tool
  }

  /// The user and host of this process.
  public static func current(tool: String, arn: String? = nil) -> ActorIdentity {
    ActorIdentity(
      user: NSUserName(), host: ProcessInfo.processInfo.hostName, arn: arn, tool: tool)
  }

  /// `user@host`
  public var name: String { "\(user)@\(host)" }
}
