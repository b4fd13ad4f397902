import DealHealthCore
import Logging

/// Brings back the state that a log holds: checkpoint, then replay, through the same `apply` as live events.
struct Recovery {
    /// What comes out of it.
    struct Recovered {
        var partitions: [PartitionState]
        var checkpoints: [PartitionCheckpoint]
        var remembered: RememberedEvents
        var bounds: LogBounds
        /// The latest settings record; nil in a new log.
        var scoring: (lsn: LSN, change: ScoringChange)?
        var merchants: MerchantIndex
        /// Whether the checkpoint was damaged and is not in use.
        var isRebuilt = false
        var usage: LogUsage
        /// What was gone through, and how long it took; the opening of the log is the caller's to add.
        var work: RecoveryWork
        var times: RecoveryEstimate.Times
    }

    let log: any EventLog
    let rememberFor: Duration
    /// False to make the state from the records alone.
    var isCheckpointUsed = true
    let progress: RecoveryProgress
    let logger: Logger

    /// Recovers everything, or throws `refusedToStart` with the LSN and the next step. Blocks.
    func run() throws(EngineError) -> sending Recovered {
        do {
            let bounds = try log.bounds()
            var times = RecoveryEstimate.Times()
            let usage = try log.usage()
            var work = self.work(isCheckpointUsed: isCheckpointUsed, usage, last: bounds.last)
            var loaded = try load(isCheckpointUsed: isCheckpointUsed, work, &times)
            var isRebuilt = false
            let decision = RecoveryDecision.decide(
                checkpoint: loaded.condition, truncated: bounds.truncated, last: bounds.last)
            switch decision {
            case .replay: break
            case .rebuild:
                logger.warning(
                    "checkpoint damaged; rebuilding from the log", metadata: ["found": "\(loaded.condition)"])
                work = self.work(isCheckpointUsed: false, usage, last: bounds.last)
                loaded = try load(isCheckpointUsed: false, work, &times)
                isRebuilt = true
            case .refuse(let reason): throw EngineError(.refusedToStart, reason)
            }
            times.replaying = try ContinuousClock().measure { try replay(&loaded, bounds: bounds) }
            var merchants = MerchantIndex()
            let indexing = ContinuousClock().measure { merchants = Self.merchants(of: loaded.partitions) }
            // Of the deals that the replay added, the index is not part of the loading.
            let dealCount = loaded.partitions.reduce(0) { $0 + $1.table.count }
            times.loading += indexing * work.deals / max(1, dealCount)
            return Recovered(
                partitions: loaded.partitions, checkpoints: loaded.checkpoints, remembered: loaded.remembered,
                bounds: bounds, scoring: loaded.scoringHistory.last, merchants: merchants, isRebuilt: isRebuilt,
                usage: usage,
                work: work, times: times)
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(
                .refusedToStart, "The log cannot be read. `dealhealth wal verify` lists all damage.", cause: error)
        }
    }

    // MARK: the checkpoint

    private struct Loaded {
        var partitions: [PartitionState] = []
        var checkpoints: [PartitionCheckpoint] = []
        var remembered: RememberedEvents
        var scoringHistory: [(lsn: LSN, change: ScoringChange)]
        var condition = RecoveryDecision.Checkpoint.none
    }

    /// What lies ahead. A damaged part of the checkpoint counts for nothing here: loading it will say so.
    private func work(isCheckpointUsed: Bool, _ usage: LogUsage, last: LSN) -> RecoveryWork {
        var work = RecoveryWork(pageBytes: usage.fileBytes - usage.freeBytes)
        var oldest = last
        for index in 0..<Partition.count {
            let checkpoint = isCheckpointUsed ? try? log.partitionCheckpoint(Partition(index: index)) : nil
            work.deals += Int(clamping: checkpoint?.dealCount ?? 0)
            oldest = min(oldest, checkpoint?.position ?? .zero)
        }
        if isCheckpointUsed {
            try? log.forEachRememberedChunk { (bytes) throws(LogError) in
                work.rememberedEvents += bytes.count / RememberedEvent.size
            }
        }
        work.records = Int(last.distance(from: oldest))
        return work
    }

    /// Loads the checkpoint, or makes an empty state; adds the time of both parts to `times`.
    private func load(
        isCheckpointUsed: Bool, _ work: RecoveryWork, _ times: inout RecoveryEstimate.Times
    ) throws(LogError) -> Loaded {
        progress.begin(work)
        let start = ContinuousClock.now
        var loaded = Loaded(
            remembered: RememberedEvents(window: rememberFor), scoringHistory: try log.settingsHistory())
        var positions: [LSN] = []
        for index in 0..<Partition.count {
            let partition = Partition(index: index)
            var table = DealTable(hashKey: log.identity.hashKey)
            var checkpoint = PartitionCheckpoint.empty
            if isCheckpointUsed {
                do throws(LogError) {
                    checkpoint = try log.partitionCheckpoint(partition)
                    table = DealTable(
                        hashKey: log.identity.hashKey, expectedCount: Int(clamping: checkpoint.dealCount))
                    try loadEntries(of: partition, checkpoint, into: table)
                } catch  where error.code == .damaged {
                    loaded.condition = .damaged("partition \(index): \(error.message)")
                    return loaded
                }
            }
            positions.append(checkpoint.position)
            loaded.checkpoints.append(checkpoint)
            loaded.partitions.append(
                PartitionState(
                    partition: partition, table: table, lastLSN: checkpoint.lastLSN))
        }
        let loadedAt = ContinuousClock.now
        times.loading = loadedAt - start
        if isCheckpointUsed {
            loaded.remembered.reserve(work.rememberedEvents)
            do throws(LogError) {
                try loadRemembered(into: &loaded.remembered)
            } catch  where error.code == .damaged {
                loaded.condition = .damaged("remembered event ids: \(error.message)")
                return loaded
            }
        }
        times.remembering = .now - loadedAt
        let (oldest, newest) = (positions.min() ?? .zero, positions.max() ?? .zero)
        if newest > .zero { loaded.condition = .whole(oldest: oldest, newest: newest) }
        return loaded
    }

    private func loadEntries(
        of partition: Partition, _ checkpoint: PartitionCheckpoint, into table: DealTable
    ) throws(LogError) {
        var entrySum: UInt64 = 0
        try log.forEachEntry(of: partition) { (slot, bytes) throws(LogError) in
            let entry = try Self.decoded { () throws(CodecError) in try DealEntry.decode(bytes) }
            guard table.insert(entry.dealID) == Int(slot) else {
                throw LogError(.damaged, "the deal in slot \(slot) is not the next")
            }
            table.publish(entry.state, at: Int(slot))
            entrySum &+= UInt64(DealEntry.checksum(of: bytes))
        }
        guard UInt64(table.count) == checkpoint.dealCount, entrySum == checkpoint.entrySum else {
            throw LogError(.damaged, "\(table.count) deals, or their sum, are not the \(checkpoint.dealCount) written")
        }
        progress.loadedPartition(deals: table.count)
    }

    private func loadRemembered(into remembered: inout RememberedEvents) throws(LogError) {
        var events: [RememberedEvent] = []
        try log.forEachRememberedChunk { (bytes) throws(LogError) in
            events.removeAll(keepingCapacity: true)
            try Self.decoded { () throws(CodecError) in
                try RememberedEventChunk.decode(bytes) { events.append($0) }
            }
            var rest = events[...]
            while !rest.isEmpty {
                let group = rest.prefix(Self.rememberedTogether)
                remembered.prefetch(group.lazy.map(\.identity))
                for event in group { Self.remember(event, in: &remembered) }
                rest = rest[group.endIndex...]
            }
            progress.remembered(events.count)
        }
    }

    /// Ids looked up together: more loads than a processor has under way at once, in far less than its first cache holds.
    private static let rememberedTogether = 64

    /// Remembers an event unless it is already: a checkpoint and the log after it may both hold it.
    private static func remember(_ event: RememberedEvent, in remembered: inout RememberedEvents) {
        remembered.advance(to: event.minute)
        if case .unknown = remembered.lookup(event.identity, content: event.content) { remembered.insert(event) }
    }

    // MARK: the replay

    private func replay(_ loaded: inout Loaded, bounds: LogBounds) throws {
        let start = loaded.checkpoints.map(\.position).min() ?? .zero

        var chain = RecordChain(after: start, truncated: bounds.truncated)
        if start > bounds.truncated, start > .zero {
            try log.forEachRecord(after: LSN(start.value - 1)) { (lsn, bytes) throws(LogError) in
                _ = try chain.verify(lsn, bytes)
                return false
            }
        }
        var partitions = loaded.partitions
        loaded.partitions = []
        var remembered = loaded.remembered
        // The only one with the tables: of those that another has, each would be copied.
        loaded.remembered = RememberedEvents(window: rememberFor)
        var scoring = loaded.scoringHistory.last { $0.lsn <= start }?.change.settings ?? ScoringSettings()
        let checkpoints = loaded.checkpoints
        try log.forEachRecord(after: start) { (lsn, bytes) throws(LogError) in
            let record = try chain.verify(lsn, bytes)
            switch record.header.kind {
            case .scoringSettings:
                scoring = try Self.decoded { () throws(CodecError) in
                    try ScoringChange(UnsafeRawBufferPointer(rebasing: bytes[record.payload])).settings
                }
            case .evidence, .alarm:
                let dealID = UnsafeRawBufferPointer(rebasing: bytes[record.dealID])
                let index = Partition(dealID: dealID).index
                if lsn > checkpoints[index].position {
                    guard record.header.previousPartitionLSN == partitions[index].appliedLSN else {
                        throw Self.damaged(lsn, "its partition's previous record is missing")
                    }
                    partitions[index].replay(record.header, dealID: dealID, settings: scoring)
                }
                if let event = RememberedEvent(record.header) { Self.remember(event, in: &remembered) }
            }
            progress.replayed(Int(lsn.value - start.value))
            return true
        }
        guard chain.last == bounds.last else {
            throw Self.damaged(chain.last.successor, "it is missing, and the log ends at LSN \(bounds.last)")
        }
        loaded.partitions = partitions
        loaded.remembered = remembered
    }

    private static func merchants(of partitions: [PartitionState]) -> MerchantIndex {
        let merchants = MerchantIndex()
        for partition in partitions {
            for slot in 0..<partition.table.count {
                if let merchantID = partition.table.state(at: slot)?.merchantID {
                    let deal = DealReference(partition: partition.partition, slot: slot)
                    merchants.move(deal, from: nil, to: merchantID)
                }
            }
        }
        return merchants
    }

    private static func decoded<Value>(_ body: () throws(CodecError) -> Value) throws(LogError) -> Value {
        do throws(CodecError) {
            return try body()
        } catch {
            throw LogError(.damaged, error.reason)
        }
    }

    private static func damaged(_ lsn: LSN, _ reason: String) -> LogError {
        LogError(.damaged, "record at LSN \(lsn): \(reason)")
    }
}
