import DealHealthCore

/// What a deal id looks like (DESIGN §5).
enum DealIDForm {
    /// Whether a deal can have this id (UTF-8 bytes).
    static func isPossible(_ id: some Collection<UInt8>) -> Bool {
        !id.isEmpty && id.count <= Limits.dealIDBytesMax
    }
}
