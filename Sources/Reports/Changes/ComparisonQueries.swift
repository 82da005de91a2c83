/// The statements of `PlanComparison`.
enum ComparisonQueries {
  static let tables = """
    CREATE TABLE change (plan INTEGER NOT NULL, seq INTEGER NOT NULL, item BLOB NOT NULL, content BLOB NOT NULL) STRICT;
    """

  static let insert = "INSERT INTO change (plan, seq, item, content) VALUES (?, ?, ?, ?)"

  /// An item that a plan changes several times, in several stages, has its changes compared one by one in their order.
  static let pair = """
    CREATE TABLE placed AS
      SELECT plan, seq, item, content, row_number() OVER (PARTITION BY plan, item ORDER BY seq) AS turn FROM change;
    DROP TABLE change;
    CREATE UNIQUE INDEX placed_item ON placed (item, turn, plan);
    CREATE TABLE pair AS
      SELECT a.seq AS first, b.seq AS second,
        CASE WHEN b.seq IS NULL THEN 'onlyInFirst' WHEN a.content = b.content THEN 'same' ELSE 'different' END AS kind
      FROM placed a LEFT JOIN placed b ON b.item = a.item AND b.turn = a.turn AND b.plan = 2
      WHERE a.plan = 1
      UNION ALL
      SELECT NULL, b.seq, 'onlyInSecond' FROM placed b
      WHERE b.plan = 2
        AND NOT EXISTS (SELECT 1 FROM placed a WHERE a.item = b.item AND a.turn = b.turn AND a.plan = 1);
    CREATE INDEX pair_kind ON pair (kind, first, second);
    """

  static let counts = "SELECT kind, count(*) FROM pair GROUP BY kind"

  static let contents = "SELECT content FROM placed WHERE plan = ? ORDER BY content"

  static let differences = "SELECT first, second FROM pair WHERE kind = ? ORDER BY first, second LIMIT ?"
}
