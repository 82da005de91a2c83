import Foundation

/// Whether a file is in this user's hands alone.
enum OwnedFile {
  /// What is wrong with it, as a predicate; nil when only this user, or root, can write it.
  static func flaw(_ path: String) -> String? {
    var found = stat()
    guard stat(path, &found) == 0 else { return "is not there" }
    if found.st_uid != geteuid() && found.st_uid != 0 && geteuid() != 0 { return "belongs to another user" }
    return found.st_mode & (S_IWGRP | S_IWOTH) == 0 ? nil : "can be written by others"
  }
}
