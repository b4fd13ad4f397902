import Glibc

/// A call to the kernel that failed: which, and `errno`.
public struct ReactorError: Error, CustomStringConvertible {
    public let call: String
    public let errno: Int32

    /// Takes `errno` of the calling thread.
    init(_ call: String) {
        self.call = call
        errno = Glibc.errno
    }

    public var description: String {
        "\(call): \(String(cString: strerror(errno)))"
    }
}
