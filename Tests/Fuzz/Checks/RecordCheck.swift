import DealHealthCore

/// What is decoded from the log's formats is encoded to the same bytes again, but for what they say is ignored; with any bit flipped it
/// is refused.
enum RecordCheck {
    /// The input's first byte chooses the format. The rest is tried as it is, and with the checksum that it would need: no input finds
    /// that by chance.
    static func check(_ input: [UInt8]) throws(Fault) {
        guard let first = input.first else { return }
        let bytes = Array(input.dropFirst())
        let format = formats[Int(first) % formats.count]
        _ = try again(bytes, format)
        guard let covered = format.covered(bytes), covered.upperBound <= bytes.count else { return }
        var sound = bytes
        seal(&sound, covered)
        guard let canonical = try again(sound, format) else { return }
        try require(canonical == format.canonical(sound), "encoded again it is \(canonical), not \(sound)")
        try require(try again(canonical, format) == canonical, "encoded a third time it differs")
        let place = covered.lowerBound + canonical.reduce(0) { $0 &* 31 &+ Int($1) }.magnitude.remainder(covered.count)
        var damaged = sound
        damaged[place] ^= 1 << (first >> 5)
        try require(try again(damaged, format) == nil, "a flipped bit in byte \(place) passes")
    }

    private struct Format: Sendable {
        /// Decodes; encodes what was decoded, nil if it cannot be.
        var again: @Sendable (UnsafeRawBufferPointer) throws -> [UInt8]?
        /// The bytes that the checksum at the front is of; nil if there is none to repair.
        var covered: @Sendable ([UInt8]) -> Range<Int>?
        /// Sets what is ignored to what is written.
        var canonical: @Sendable ([UInt8]) -> [UInt8]
    }

    private static let formats = [
        Format(again: record, covered: rest, canonical: canonicalRecord),
        Format(again: entry, covered: rest, canonical: canonicalEntry),
        Format(again: chunk, covered: rest, canonical: { $0 }),
        Format(again: partition, covered: rest, canonical: canonicalPartition),
        Format(again: settings, covered: { _ in nil }, canonical: { $0 }),
    ]

    /// Decoded and encoded again; nil if it is refused.
    private static func again(_ bytes: [UInt8], _ format: Format) throws(Fault) -> [UInt8]? {
        do {
            return try bytes.withUnsafeBytes { try format.again($0) }
        } catch let fault as Fault {
            throw fault
        } catch {
            return nil
        }
    }

    private static func rest(_ bytes: [UInt8]) -> Range<Int>? {
        bytes.count > 4 ? 4..<bytes.count : nil
    }

    /// Writes the checksum of `covered` to the front.
    private static func seal(_ bytes: inout [UInt8], _ covered: Range<Int>) {
        let checksum = bytes.withUnsafeBytes { CRC32C.checksum($0.slice(covered.lowerBound, covered.count)) }
        withUnsafeBytes(of: checksum.littleEndian) { bytes.replaceSubrange(0..<4, with: $0) }
    }

    // MARK: records

    private static func record(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8]? {
        let stored = try StoredRecord(bytes)
        // No record has the position 0; the chain, which is checked elsewhere, refuses it.
        guard stored.header.lsn > .zero else { return nil }
        var again: [UInt8] = []
        let checksum = stored.header.encode(
            dealID: UnsafeRawBufferPointer(rebasing: bytes[stored.dealID]),
            payload: UnsafeRawBufferPointer(rebasing: bytes[stored.payload]),
            previousChecksum: stored.previousChecksum, into: &again)
        try require(
            again.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self).littleEndian } == checksum, "its checksum")
        return again
    }

    private static func canonicalRecord(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes[90] &= 15
        if bytes[90] & 2 == 0 { bytes.replaceSubrange(80..<88, with: repeatElement(0, count: 8)) }
        seal(&bytes, 4..<bytes.count)
        return bytes
    }

    // MARK: checkpoints

    private static func entry(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8]? {
        let (state, dealID) = try DealEntry.decode(bytes)
        var again: [UInt8] = []
        let size = DealEntry.encode(state, dealID: dealID, into: &again)
        try require(size == again.count, "the size of an entry")
        return again
    }

    private static func canonicalEntry(_ bytes: [UInt8]) -> [UInt8] {
        // What later versions add follows the deal id.
        var bytes = Array(bytes.prefix(128 + Int(bytes[6])))
        bytes[5] &= 7
        bytes.replaceSubrange(126..<128, with: repeatElement(0, count: 2))
        if bytes[5] & 2 == 0 { bytes.replaceSubrange(124..<126, with: repeatElement(0, count: 2)) }
        if bytes[5] & 1 == 0 { bytes.replaceSubrange(24..<32, with: repeatElement(0, count: 8)) }
        seal(&bytes, 4..<bytes.count)
        return bytes
    }

    private static func chunk(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8]? {
        var events: [RememberedEvent] = []
        try RememberedEventChunk.decode(bytes) { events.append($0) }
        try require(RememberedEventChunk.firstMinute(bytes) == events.first?.minute, "the minute of a chunk")
        return RememberedEventChunk.encode(events)
    }

    private static func partition(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8]? {
        let checkpoint = try PartitionCheckpoint(bytes)
        try require(checkpoint.lastLSN <= checkpoint.position, "a checkpoint behind its last record")
        return checkpoint.encoded()
    }

    private static func canonicalPartition(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes.replaceSubrange(40..<44, with: repeatElement(0, count: 4))
        seal(&bytes, 4..<bytes.count)
        return bytes
    }

    private static func settings(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8]? {
        let change = try ScoringChange(bytes)
        for settings in [change.settings, change.configured] {
            try require(settings.faults.isEmpty, "settings out of range: \(settings.faults)")
        }
        let again = change.encoded()
        let readBack = try again.withUnsafeBytes { try ScoringChange($0) }
        try require(readBack == change, "settings are read back as others")
        // Of a later or earlier version it is not the same bytes.
        return nil
    }
}

extension UInt {
    fileprivate func remainder(_ divisor: Int) -> Int {
        Int(self % UInt(divisor))
    }
}
