import Runner
public enum Catalog {
  public static let all: [any Migration] = []
  public static func migration(named: String) -> (any Migration)? { nil }
  public static func nearest(to: String) -> (any Migration)? { nil }
}
