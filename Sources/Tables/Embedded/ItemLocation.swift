/// Where an item stands in the embedded store: the order of a scan.
///
/// `hash` is a hash of the partition key, so that a scan walks partitions in an order of its own, as DynamoDB's does, and
/// segments are ranges of it. `key` is the partition key behind its length, then the sort key in a form whose bytes
/// sort as DynamoDB sorts: strings and binary by their bytes, numbers by their value. Both are part of the file format.
struct ItemLocation: Hashable {
  /// The hash, shifted by half so that SQLite's signed order is the hash's unsigned one.
  let hash: Int64
  /// Partition key and sort key.
  let key: [UInt8]

  /// The location of a key that `Validation` has passed.
  init(_ key: Key, _ schema: KeySchema) { self.init(key.attributes, schema) }

  /// The location of an item that `Validation` has passed.
  init(_ attributes: AttributeMap, _ schema: KeySchema) {
    var bytes: [UInt8] = [0, 0]
    bytes.reserveCapacity(48)
    if let value = attributes[schema.partition.name] { ItemLocation.append(value, to: &bytes) }
    let length = bytes.count - 2
    bytes[0] = UInt8(truncatingIfNeeded: length >> 8)
    bytes[1] = UInt8(truncatingIfNeeded: length)
    hash = ItemLocation.stored(ItemLocation.hash(bytes))
    if let sort = schema.sort, let value = attributes[sort.name] {
      ItemLocation.append(value, to: &bytes)
    }
    self.key = bytes
  }

  /// The hashes of one of `total` segments, as they are stored: cut evenly, without gap or overlap.
  static func segment(_ segment: Int, of total: Int) -> ClosedRange<Int64> {
    let total = UInt64(total)
    let first = total.start(of: UInt64(segment))
    let last = UInt64(segment) + 1 == total ? UInt64.max : total.start(of: UInt64(segment) + 1) - 1
    return stored(first)...stored(last)
  }

  /// FNV-1a over the bytes, then the finaliser of MurmurHash3: FNV alone leaves the upper bits of short keys alike,
  /// and those decide the segment. Sources: draft-eastlake-fnv, https://github.com/aappleby/smhasher (fmix64)
  static func hash(_ bytes: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
    hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return hash ^ (hash >> 33)
  }

  private static func stored(_ hash: UInt64) -> Int64 { Int64(bitPattern: hash ^ (1 << 63)) }

  private static func append(_ value: AttributeValue, to bytes: inout [UInt8]) {
    switch value {
    case .string(let text): bytes.append(contentsOf: text.string.utf8)
    case .binary(let binary): bytes.append(contentsOf: binary)
    case .number(let number): SortableNumber(number).append(to: &bytes)
    default: break  // No key attribute has another type; Validation refuses it.
    }
  }
}

extension UInt64 {
  /// The first hash of a segment when this many segments share all 2^64.
  fileprivate func start(of segment: UInt64) -> UInt64 {
    dividingFullWidth((high: segment, low: 0)).quotient
  }
}
