/// What DynamoDB asks for requests in a region, in on-demand mode: the one table of prices.
///
/// Source: https://aws.amazon.com/dynamodb/pricing/on-demand/, "US East (N. Virginia)", table class Standard, in force since
/// 2024-11-01 (https://aws.amazon.com/blogs/database/new-amazon-dynamodb-lowers-pricing-for-on-demand-throughput-and-global-tables/).
/// A region comes into the table when somebody has read its price there; no price is guessed from another region's.
package struct OnDemandPrices: Hashable, Sendable {
  /// The region.
  package let region: String
  /// US dollars for a million write request units.
  package let millionWrites: Double
  /// US dollars for a million read request units.
  package let millionReads: Double
  /// Since when they are in force, as a date.
  package let since: String

  /// Every price that is known.
  package static let all = [
    OnDemandPrices(region: "us-east-1", millionWrites: 0.625, millionReads: 0.125, since: "2024-11-01")
  ]

  /// The prices of a region; nil where they are not known.
  package static func of(_ region: String) -> OnDemandPrices? { all.first { $0.region == region } }

  /// US dollars for so many units.
  package func dollars(writes: Int, reads: Int) -> Double {
    Double(writes) / 1e6 * millionWrites + Double(reads) / 1e6 * millionReads
  }
}
