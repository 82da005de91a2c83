/// Every statement of the embedded store, and the schema of its file.
enum EmbeddedSQL {
  /// `SPJT`: tells the file from any other SQLite file. https://sqlite.org/pragma.html#pragma_application_id
  static let applicationID: Int64 = 0x5350_4A54
  /// The format that this program writes.
  static let format: Int64 = 2

  static let readApplicationID = "PRAGMA application_id"
  static let readFormat = "PRAGMA user_version"
  static let countObjects = "SELECT count(*) FROM sqlite_schema"

  static let schema = """
    -- A table, or the frozen description of one that a backup was made of (then it has no name).
    CREATE TABLE tables (
      id             INTEGER PRIMARY KEY,
      name           TEXT UNIQUE,
      partition_name TEXT NOT NULL,
      partition_type TEXT NOT NULL CHECK (partition_type IN ('S', 'N', 'B')),
      sort_name      TEXT,
      sort_type      TEXT CHECK (sort_type IN ('S', 'N', 'B')),
      item_count     INTEGER NOT NULL CHECK (item_count >= 0),
      size_bytes     INTEGER NOT NULL CHECK (size_bytes >= 0)
    ) STRICT;

    CREATE TABLE indexes (
      table_id       INTEGER NOT NULL REFERENCES tables (id) ON DELETE CASCADE,
      name           TEXT NOT NULL,
      partition_name TEXT NOT NULL,
      partition_type TEXT NOT NULL CHECK (partition_type IN ('S', 'N', 'B')),
      sort_name      TEXT,
      sort_type      TEXT CHECK (sort_type IN ('S', 'N', 'B')),
      PRIMARY KEY (table_id, name)
    ) STRICT, WITHOUT ROWID;

    -- All items of all tables. hash and key: see ItemLocation. size: DynamoDB's count of the item's bytes.
    -- item: canonical DynamoDB JSON. The size stands before the item, so that it is read without the item.
    CREATE TABLE items (
      table_id INTEGER NOT NULL,
      hash     INTEGER NOT NULL,
      key      BLOB NOT NULL,
      size     INTEGER NOT NULL,
      item     TEXT NOT NULL,
      PRIMARY KEY (table_id, hash, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE backups (
      id         INTEGER PRIMARY KEY,
      arn        TEXT NOT NULL UNIQUE,
      name       TEXT NOT NULL,
      table_name TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      table_id   INTEGER NOT NULL UNIQUE REFERENCES tables (id) ON DELETE CASCADE
    ) STRICT;

    -- The items of backups: apart, so that a copy streams from one tree into another.
    CREATE TABLE backup_items (
      table_id INTEGER NOT NULL,
      hash     INTEGER NOT NULL,
      key      BLOB NOT NULL,
      size     INTEGER NOT NULL,
      item     TEXT NOT NULL,
      PRIMARY KEY (table_id, hash, key)
    ) STRICT, WITHOUT ROWID;

    PRAGMA application_id = \(applicationID);
    """

  /// What format 2 has beyond format 1: the store's id, and the guards of its tables.
  static let secondFormat = """
    -- One row: 128 random bits in hexadecimal digits, made with the file, that tell it from every other store.
    CREATE TABLE identity (
      row INTEGER PRIMARY KEY CHECK (row = 1),
      id  TEXT NOT NULL CHECK (length(id) = 32)
    ) STRICT;
    INSERT INTO identity VALUES (1, lower(hex(randomblob(16))));

    -- Who may migrate a table: see GuardClaim. expires_at: microseconds since 1970, UTC. The mark is that of the journal of
    -- the last run that recorded one.
    CREATE TABLE guards (
      table_name   TEXT PRIMARY KEY,
      owner        TEXT NOT NULL,
      journal      TEXT NOT NULL,
      run          TEXT NOT NULL,
      token        TEXT NOT NULL,
      fence        INTEGER NOT NULL,
      expires_at   INTEGER NOT NULL,
      mark_journal TEXT,
      head         TEXT,
      size         INTEGER,
      state        TEXT NOT NULL CHECK (state IN ('held', 'released')),
      reason       TEXT
    ) STRICT, WITHOUT ROWID;

    PRAGMA user_version = \(format);
    """

  // MARK: Identity and guards

  static let identity = "SELECT id FROM identity"
  static let guards = """
    SELECT table_name, owner, journal, run, token, fence, expires_at, mark_journal, head, size, state, reason
    FROM guards
    """
  static let allGuards = guards + " ORDER BY table_name"
  static let guardOfTable = guards + " WHERE table_name = ?1"
  static let putGuard = "REPLACE INTO guards VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"

  // MARK: Tables

  static let tableNames = "SELECT name FROM tables WHERE name IS NOT NULL ORDER BY name"
  static let table = """
    SELECT id, partition_name, partition_type, sort_name, sort_type, item_count, size_bytes
    FROM tables WHERE name = ?1
    """
  static let indexes = """
    SELECT name, partition_name, partition_type, sort_name, sort_type
    FROM indexes WHERE table_id = ?1 ORDER BY name
    """
  static let insertTable = """
    INSERT INTO tables (name, partition_name, partition_type, sort_name, sort_type, item_count, size_bytes)
    VALUES (?1, ?2, ?3, ?4, ?5, 0, 0)
    """
  static let insertIndex = "INSERT INTO indexes VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
  static let deleteIndex = "DELETE FROM indexes WHERE table_id = ?1 AND name = ?2"
  static let deleteTable = "DELETE FROM tables WHERE id = ?1"
  static let deleteItems = "DELETE FROM items WHERE table_id = ?1"
  static let addToCounts = """
    UPDATE tables SET item_count = item_count + ?2, size_bytes = size_bytes + ?3 WHERE id = ?1
    """

  // MARK: Items

  static let item = "SELECT size, item FROM items WHERE table_id = ?1 AND hash = ?2 AND key = ?3"
  static let itemSize = "SELECT size FROM items WHERE table_id = ?1 AND hash = ?2 AND key = ?3"
  static let insertItem = "INSERT INTO items VALUES (?1, ?2, ?3, ?4, ?5)"
  static let updateItem = """
    UPDATE items SET size = ?4, item = ?5 WHERE table_id = ?1 AND hash = ?2 AND key = ?3
    """
  static let deleteItem = "DELETE FROM items WHERE table_id = ?1 AND hash = ?2 AND key = ?3"
  static let scanFromStart = """
    SELECT size, item FROM items WHERE table_id = ?1 AND hash BETWEEN ?2 AND ?3 ORDER BY hash, key
    """
  static let scanAfterKey = """
    SELECT size, item FROM items WHERE table_id = ?1 AND (hash, key) > (?2, ?4) AND hash <= ?3
    ORDER BY hash, key
    """

  // MARK: Backups

  static let backups = """
    SELECT backups.arn, backups.name, backups.table_name, backups.created_at, tables.size_bytes,
      tables.item_count, backups.table_id
    FROM backups JOIN tables ON tables.id = backups.table_id
    """
  static let allBackups = backups + " ORDER BY backups.created_at, backups.id"
  static let backupsOfTable =
    backups + " WHERE backups.table_name = ?1 ORDER BY backups.created_at, backups.id"
  static let backup = backups + " WHERE backups.arn = ?1"
  static let insertBackup = """
    INSERT INTO backups (arn, name, table_name, created_at, table_id) VALUES (?1, ?2, ?3, ?4, ?5)
    """
  static let deleteBackupItems = "DELETE FROM backup_items WHERE table_id = ?1"
  static let copyTable = """
    INSERT INTO tables (name, partition_name, partition_type, sort_name, sort_type, item_count, size_bytes)
    SELECT ?2, partition_name, partition_type, sort_name, sort_type, item_count, size_bytes
    FROM tables WHERE id = ?1
    """
  static let copyIndexes = """
    INSERT INTO indexes
    SELECT ?2, name, partition_name, partition_type, sort_name, sort_type FROM indexes WHERE table_id = ?1
    """
  static let saveItems = """
    INSERT INTO backup_items SELECT ?2, hash, key, size, item FROM items WHERE table_id = ?1
    """
  static let restoreItems = """
    INSERT INTO items SELECT ?2, hash, key, size, item FROM backup_items WHERE table_id = ?1
    """
}
