/// The values of `Cache-Control` (RFC 9111 §5.2.2) that are sent.
enum CacheControl {
    /// May be kept, but MUST be asked for again before each use: the next event changes the score, and who has its
    /// acknowledgement must not read an older one from a cache (P1 promises *visible*). Asking costs a 304.
    static let revalidated = "no-cache"
    /// Not worth keeping, or about to be wrong.
    static let noStore = "no-store"
}
