#include <sqlite3.h>

/* SQLITE_TRANSIENT is a cast that Swift can't import: SQLite then copies what is bound. */
static inline sqlite3_destructor_type sqlite_transient(void) { return SQLITE_TRANSIENT; }
/* Variadic in C, so not callable from Swift. */
static inline int sqlite_set_defensive(sqlite3 *db, int on) {
  return sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, on, (int *)0);
}
