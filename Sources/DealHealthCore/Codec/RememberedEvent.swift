/// One remembered event id: enough to tell a redelivery from a conflict, exactly, in 24 bytes.
///
/// Encoded little-endian: identity low, identity high, content (u32), minute (u32).
public struct RememberedEvent: Sendable, Equatable {
    public var identity: Hash128
    /// The low half of the content hash: only tells "same" from "other" for one identity.
    public var content: UInt32
    /// Minutes since 1970 at which the event was received: the bucket in which it is forgotten.
    public var minute: UInt32

    public static let size = 24

    @inlinable
    public init(identity: Hash128, content: UInt32, minute: UInt32) {
        self.identity = identity
        self.content = content
        self.minute = minute
    }

    @inlinable
    public init(identity: Hash128, contentHash: UInt64, receivedAt: Timestamp) {
        self.init(identity: identity, content: UInt32(truncatingIfNeeded: contentHash), minute: receivedAt.minute)
    }

    /// What is remembered of a record; nil when it is of no event.
    public init?(_ record: LogRecord) {
        guard case .evidence = record.kind else { return nil }
        self.init(identity: record.identity, contentHash: record.contentHash, receivedAt: record.receivedAt)
    }

    /// Appends the encoded form.
    public func encode(into buffer: inout [UInt8]) {
        buffer.appendBytes(Self.size) { bytes in
            bytes.store(identity.low, at: 0)
            bytes.store(identity.high, at: 8)
            bytes.store(content, at: 16)
            bytes.store(minute, at: 20)
        }
    }

    /// Reads the entry at `offset`; the caller has verified the checksum of the whole.
    public init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        self.init(
            identity: Hash128(low: bytes.littleEndian(offset), high: bytes.littleEndian(offset + 8)),
            content: bytes.littleEndian(offset + 16), minute: bytes.littleEndian(offset + 20))
    }
}

/// Remembered events as the checkpoint stores them: u32 CRC-32C of the rest, then the entries.
public enum RememberedEventChunk {
    /// Encodes `events`; O(events.count).
    public static func encode(_ events: some Collection<RememberedEvent>) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4)
        buffer.reserveCapacity(4 + events.count * RememberedEvent.size)
        for event in events { event.encode(into: &buffer) }
        buffer.withUnsafeMutableBytes { bytes in
            bytes.store(CRC32C.checksum(UnsafeRawBufferPointer(bytes).slice(4, bytes.count - 4)), at: 0)
        }
        return buffer
    }

    /// The minute of the chunk's first event, unverified; nil when there is none.
    public static func firstMinute(_ bytes: UnsafeRawBufferPointer) -> UInt32? {
        bytes.count >= 4 + RememberedEvent.size ? bytes.littleEndian(4 + 20) : nil
    }

    /// Calls `body` with every entry of a verified chunk.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, _ body: (RememberedEvent) -> Void
    ) throws(CodecError) {
        guard bytes.count >= 4, (bytes.count - 4) % RememberedEvent.size == 0,
            CRC32C.checksum(bytes.slice(4, bytes.count - 4)) == bytes.littleEndian(0)
        else { throw CodecError("remembered event ids do not match their checksum") }
        for offset in stride(from: 4, to: bytes.count, by: RememberedEvent.size) {
            body(RememberedEvent(bytes, at: offset))
        }
    }
}

extension Timestamp {
    /// Whole minutes since 1970, [0, 2^32).
    @inlinable
    public var minute: UInt32 {
        UInt32(clamping: microseconds / 60_000_000)
    }
}
