import DealHealthTesting

@testable import DealHealthCore

/// A record with all that its bytes say, as a value that can be compared.
struct DecodedRecord: Equatable {
    var header: LogRecord
    var dealID: [UInt8]
    var payload: [UInt8]
    var previousChecksum: UInt32

    init(header: LogRecord, dealID: [UInt8], payload: [UInt8], previousChecksum: UInt32) {
        self.header = header
        self.dealID = dealID
        self.payload = payload
        self.previousChecksum = previousChecksum
    }

    /// Decodes `bytes`; throws `CodecError` if they are not a record.
    init(_ bytes: [UInt8]) throws {
        self = try bytes.withUnsafeBytes { buffer in
            let stored = try StoredRecord(buffer)
            return DecodedRecord(
                header: stored.header, dealID: Array(buffer[stored.dealID]), payload: Array(buffer[stored.payload]),
                previousChecksum: stored.previousChecksum)
        }
    }

    /// Appends the encoded form to `buffer`; returns its checksum.
    @discardableResult
    func encode(into buffer: inout [UInt8]) -> UInt32 {
        dealID.withUnsafeBytes { dealID in
            payload.withUnsafeBytes { payload in
                header.encode(
                    dealID: dealID, payload: payload, previousChecksum: previousChecksum, into: &buffer)
            }
        }
    }

    /// The encoded form alone.
    var encoded: [UInt8] {
        var buffer: [UInt8] = []
        encode(into: &buffer)
        return buffer
    }

    /// A record with every field drawn from its whole range.
    static func random(
        kind: LogRecord.Kind, merchantID: Int64?, dealIDBytes: Int, payloadBytes: Int,
        using generator: inout SeededGenerator
    ) -> DecodedRecord {
        let header = LogRecord(
            kind: kind, lsn: LSN(.random(in: 1...UInt64.max, using: &generator)),
            previousPartitionLSN: LSN(generator.next()), previousDealLSN: LSN(generator.next()),
            receivedAt: Timestamp(microseconds: Int64(truncatingIfNeeded: generator.next())),
            time: Timestamp(microseconds: Int64(truncatingIfNeeded: generator.next())),
            identity: Hash128(low: generator.next(), high: generator.next()), contentHash: generator.next(),
            works: Bool.random(using: &generator), hasGivenID: Bool.random(using: &generator),
            mass: Double.random(in: 0...1, using: &generator), merchantID: merchantID,
            scoreBefore: UInt16.random(in: 0...10_000, using: &generator),
            scoreAfter: UInt16.random(in: 0...10_000, using: &generator))
        return DecodedRecord(
            header: header, dealID: (0..<dealIDBytes).map { _ in UInt8.random(in: 0...255, using: &generator) },
            payload: (0..<payloadBytes).map { _ in UInt8.random(in: 0...255, using: &generator) },
            previousChecksum: UInt32.random(in: 0...UInt32.max, using: &generator))
    }
}
