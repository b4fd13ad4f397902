public import DealHealthCore

/// A change of one deal that becomes visible when its record is durable.
struct StagedChange {
    /// The deal's slot in its partition's table.
    var slot: UInt32
    /// The id of a deal whose first event this is: it takes the table's next slot.
    var newDealID: [UInt8]?
    var state: DealState
    /// Nil for an alarm.
    var remembered: RememberedEvent?
}

/// The records of one commit, encoded, and the changes they bring.
///
/// @unchecked Sendable: a batch has one owner at a time and is handed on whole. While it gathers it is touched
/// only inside the pipeline's lock; from the moment it is taken out of the queue only by the commit thread; after the
/// commit only by the publisher.
public final class LogBatch: @unchecked Sendable {
    /// The encoded records, one after the other.
    public private(set) var bytes: [UInt8] = []
    /// Where each record ends in `bytes`.
    public private(set) var ends: [Int] = []
    /// The position of the first record; the others follow without a gap.
    public private(set) var firstLSN: LSN
    /// The checksum of the last record: the chain goes on from it.
    public private(set) var lastChecksum: UInt32
    /// The changes by partition index, each in log order.
    private(set) var changes: [[StagedChange]] = Array(repeating: [], count: Partition.count)

    /// Alarms among the records.
    private(set) var alarmCount = 0
    /// The scoring settings that its one record puts in force: such a record is a batch of its own, so that what is published before it was
    /// staged with the settings before, and what comes after with these.
    private(set) var scoring: ScoringChange?

    /// An empty batch that continues the log after a record with this checksum.
    public init(firstLSN: LSN, previousChecksum: UInt32) {
        self.firstLSN = firstLSN
        lastChecksum = previousChecksum
    }

    /// Makes the batch an empty one again, which keeps its memory.
    func reuse(firstLSN: LSN, previousChecksum: UInt32) {
        self.firstLSN = firstLSN
        lastChecksum = previousChecksum
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        for index in changes.indices { changes[index].removeAll(keepingCapacity: true) }
        scoring = nil
        alarmCount = 0
    }

    public var count: Int {
        ends.count
    }

    /// The position of the last record; the batch MUST NOT be empty.
    public var lastLSN: LSN {
        precondition(!ends.isEmpty, "an empty batch has no last record")
        return LSN(firstLSN.value + UInt64(ends.count) - 1)
    }

    /// Memory that the records' bytes have grown to; the changes take about as much.
    var memoryBytes: Int {
        bytes.capacity
    }

    /// Whether another record would make the commit bigger than is useful.
    var isFull: Bool {
        scoring != nil || count >= Limits.batchEventsMax || bytes.count >= Limits.batchBytesMax
    }

    /// Appends a record; its LSN MUST be the next.
    public func append(_ record: LogRecord, dealID: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer) {
        precondition(record.lsn.value == firstLSN.value + UInt64(ends.count), "records are appended in order")
        lastChecksum = record.encode(
            dealID: dealID, payload: payload, previousChecksum: lastChecksum, into: &bytes)
        ends.append(bytes.count)
        if record.kind == .alarm { alarmCount += 1 }
    }

    /// Makes an empty batch that of one settings record.
    func append(_ change: ScoringChange, receivedAt: Timestamp) {
        precondition(ends.isEmpty, "a settings record is a batch of its own")
        let record = LogRecord(scoringSettingsAt: firstLSN, receivedAt: receivedAt)
        change.encoded().withUnsafeBytes { payload in
            append(record, dealID: UnsafeRawBufferPointer(start: nil, count: 0), payload: payload)
        }
        scoring = change
    }

    /// Notes the change that the record just appended brings.
    func append(_ change: StagedChange, in partition: Partition) {
        changes[partition.index].append(change)
    }

    /// Calls `body` with each encoded record.
    public func forEachRecord<E: Error>(_ body: (LSN, UnsafeRawBufferPointer) throws(E) -> Void) throws(E) {
        var result: Result<Void, E> = .success(())
        bytes.withUnsafeBytes { bytes in
            var start = 0
            var lsn = firstLSN
            for end in ends {
                do throws(E) {
                    try body(lsn, bytes.slice(start, end - start))
                } catch {
                    result = .failure(error)
                    return
                }
                start = end
                lsn = lsn.successor
            }
        }
        try result.get()
    }
}
