#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What differs between systems, or speaks to the system below Foundation.
enum Platform {
  /// Keeps a write to a closed connection from ending the process: OpenSSL writes without MSG_NOSIGNAL, and
  /// libcurl leaves the signal alone once CURLOPT_NOSIGNAL is set.
  ///
  /// Only the calling thread is changed.
  static func blockBrokenPipeSignal() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }
}
