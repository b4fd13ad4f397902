/// The keys of one object seen so far, by their keyed hash: finds a duplicate in O(1) whatever the sender sends.
///
/// A list while there are few, as in any sensible object; a set beyond, or a thousand keys would cost a million steps.
/// Keys that differ share a hash with probability 2^-64 a pair, and senders cannot aim without the hash key.
struct KeySet {
    private static let listedMax = 16

    private var listed = InlineArray<16, UInt64>(repeating: 0)
    private var count = 0
    private var more: Set<UInt64> = []

    /// Adds a key; false if it was there.
    @inline(__always)
    mutating func insert(_ hash: UInt64) -> Bool {
        for index in 0..<count where listed[index] == hash { return false }
        if count < Self.listedMax {
            listed[count] = hash
            count &+= 1
            return true
        }
        return more.insert(hash).inserted
    }

    mutating func removeAll() {
        count = 0
        if !more.isEmpty { more = [] }
    }
}
