/// Addresses as Acme's services know them. The target is called `HTTP` as many a package's is: no target of the journal's
/// stands in its way.
public struct Address: Sendable {
  /// The scheme, the host and the path, as one text.
  public let text: String

  /// The address of a warehouse.
  public init(warehouse: String) { text = "https://\(warehouse).acme.example/parcels" }
}
