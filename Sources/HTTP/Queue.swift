/// First in, first out, without moving what stays.
struct Queue<Element> {
  private var incoming: [Element] = []
  /// In reverse.
  private var outgoing: [Element] = []

  mutating func append(_ element: Element) {
    incoming.append(element)
  }

  mutating func popFirst() -> Element? {
    if outgoing.isEmpty {
      outgoing = incoming.reversed()
      incoming = []
    }
    return outgoing.popLast()
  }

  mutating func removeAll() -> [Element] {
    defer { (incoming, outgoing) = ([], []) }
    return outgoing.reversed() + incoming
  }
}
