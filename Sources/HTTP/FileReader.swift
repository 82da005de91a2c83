import Foundation

/// Reads a `file:` URL in pieces.
///
/// Not by libcurl: that reads a file whole in one call, which would hold up every other transfer of the thread
/// and can't be paused for a slow reader.
final class FileReader: Sendable {
  private struct State {
    var handle: FileHandle?
    var bytesRead = 0
  }

  private let path: String
  private let maximumBytes: Int
  private let state: Locked<State>

  /// Opens the file of `request`, which must be a GET without a body.
  init(_ request: HTTPRequest, path: String) throws(HTTPError) {
    guard request.method == "GET", request.body.isEmpty else {
      throw HTTPError(.malformedRequest, host: "", detail: "a file: URL takes GET without a body")
    }
    let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard FileManager.default.fileExists(atPath: resolved) else {
      throw HTTPError(.fileMissing, host: "", detail: path)
    }
    // Opening a pipe would wait for its writer.
    let type = try? FileManager.default.attributesOfItem(atPath: resolved)[.type] as? FileAttributeType
    guard type == .typeRegular, let handle = FileHandle(forReadingAtPath: resolved) else {
      throw HTTPError(.fileUnreadable, host: "", detail: path)
    }
    self.path = path
    maximumBytes = request.maximumBodyBytes
    state = Locked(State(handle: handle))
  }

  /// At most `size` bytes, nil at the end.
  func read(_ size: Int) -> Result<[UInt8]?, HTTPError> {
    state.withLock { state in
      guard let handle = state.handle else { return .success(nil) }
      do {
        guard let piece = try handle.read(upToCount: size), !piece.isEmpty else {
          state.handle = nil
          return .success(nil)
        }
        state.bytesRead += piece.count
        guard state.bytesRead <= maximumBytes else {
          state.handle = nil
          return .failure(HTTPError(.bodyTooLarge(limit: maximumBytes), host: "", detail: path))
        }
        return .success(Array(piece))
      } catch {
        state.handle = nil
        return .failure(HTTPError(.fileUnreadable, host: "", detail: path))
      }
    }
  }

  /// The whole file.
  func readAll() throws(HTTPError) -> [UInt8] {
    var all: [UInt8] = []
    while let piece = try read(1 << 20).get() {
      guard !Task.isCancelled else { throw HTTPError(.cancelled, host: "", detail: path) }
      all += piece
    }
    return all
  }
}
