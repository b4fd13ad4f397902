import CCRC32C

/// CRC-32C (Castagnoli; RFC 3720 §12.1): the checksum of every log record and checkpoint entry.
public enum CRC32C {
    /// The checksum of `bytes`, continuing from `crc` (0 at the start); O(bytes.count).
    public static func checksum(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        ccrc32c_update(crc, bytes.baseAddress, bytes.count)
    }
}
