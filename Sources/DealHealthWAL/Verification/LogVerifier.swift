public import DealHealthCore
public import DealHealthEngine

/// Reads everything that a data directory holds, and says what is wrong with it.
public struct LogVerifier: Sendable {
    /// What was found.
    public struct Report: Sendable {
        public var bounds: LogBounds
        public var deals: UInt64 = 0
        public var rememberedEvents: UInt64 = 0
        public var checkpointed = LSN.zero
        public var usedPages: UInt64
        public var freePages: UInt64
        /// What is damaged, with where; empty when everything is whole.
        public var damage: [String] = []
    }

    private static let damageMax = 100

    /// Checks that the pages of `directory` can be followed safely: what must hold before they are mapped.
    ///
    /// Throws `damaged`. Touches every page in use, and every value through LMDB: run it in a process of its own, since a
    /// disk that fails under the map ends that process by signal.
    public static func verifyStructure(directory: String) throws(LogError) {
        // A creation that was cut short has no databases yet.
        if try StructureVerifier.verify("\(directory)/data.mdb").databaseCount == 0 { return }
        let store = try LogStore(directory: directory, mapBytes: Limits.mapBytesReading, isReadOnly: true)
        for database in Environment.Database.allCases {
            try store.forEach(database) { (entry) throws(LogError) in
                _ = entry.value.last
                return true
            }
        }
    }

    /// Verifies every record, entry and id of `directory`; throws when the structure is damaged already.
    ///
    /// - Parameter progress: called now and then with the records read and their number.
    public static func verify(
        directory: String, progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) throws(LogError) -> Report {
        let structure = try StructureVerifier.verify("\(directory)/data.mdb")
        let store = try LogStore(directory: directory, mapBytes: Limits.mapBytesReading, isReadOnly: true)
        guard let identity = try store.identity() else {
            throw LogError(.damaged, "the log has no identity: it was never created to the end, or it is damaged")
        }
        var report = Report(
            bounds: try store.bounds(), usedPages: structure.usedPages, freePages: structure.freePages)
        var damage: [String] = []
        func note(_ error: LogError) {
            if damage.count < damageMax { damage.append(error.message) }
        }
        if let witness = try Watermark.read(directory: directory), witness.lineage == identity.lineage.low {
            do throws(LogError) { try store.check(witness.watermark) } catch { note(error) }
        } else {
            note(
                LogError(
                    .damaged,
                    "the watermark is missing, damaged or of another log: a tail that vanished would not be noticed"))
        }
        verifyRecords(store, report.bounds, note, progress)
        verifyCheckpoint(store, &report, note)
        report.damage = damage
        return report
    }

    /// Verifies everything as `verify` does, and throws `damaged` when anything is not whole.
    static func verifyWhole(
        directory: String, progress: (_ done: UInt64, _ total: UInt64) -> Void
    ) throws(LogError) -> Report {
        let report = try verify(directory: directory, progress: progress)
        guard let first = report.damage.first else { return report }
        let others = report.damage.count - 1
        throw LogError(.damaged, others == 0 ? first : "\(first) (and \(others) more)")
    }

    private static func verifyRecords(
        _ store: LogStore, _ bounds: LogBounds, _ note: (LogError) -> Void, _ progress: (UInt64, UInt64) -> Void
    ) {
        var chain = RecordChain(after: bounds.truncated, truncated: bounds.truncated)
        do throws(LogError) {
            try store.forEachRecord(after: bounds.truncated) { (lsn, bytes) throws(LogError) in
                do throws(LogError) {
                    _ = try chain.verify(lsn, bytes)
                } catch {
                    note(error)
                    // What follows is judged by itself, then by its own chain.
                    chain = RecordChain(after: lsn, truncated: lsn)
                }
                if lsn.value % 65_536 == 0 {
                    progress(lsn.distance(from: bounds.truncated), bounds.last.distance(from: bounds.truncated))
                }
                return true
            }
            if chain.last != bounds.last {
                note(LogError(.damaged, "the log ends at LSN \(chain.last), not \(bounds.last)"))
            }
        } catch {
            note(error)
        }
    }

    private static func verifyCheckpoint(_ store: LogStore, _ report: inout Report, _ note: (LogError) -> Void) {
        var positions: [LSN] = []
        for index in 0..<Partition.count {
            do throws(LogError) {
                let checkpoint = try verifyPartition(store, Partition(index: index))
                positions.append(checkpoint.position)
                report.deals += checkpoint.dealCount
            } catch {
                note(LogError(.damaged, "checkpoint of partition \(index): \(error.message)"))
            }
        }
        report.checkpointed = positions.min() ?? .zero
        var remembered: UInt64 = 0
        do throws(LogError) {
            _ = try store.settingsHistory()
            try store.forEachRememberedChunk { (bytes) throws(LogError) in
                do throws(CodecError) {
                    try RememberedEventChunk.decode(bytes) { _ in remembered += 1 }
                } catch {
                    throw LogError(.damaged, error.reason)
                }
            }
        } catch {
            note(error)
        }
        report.rememberedEvents = remembered
    }

    private static func verifyPartition(
        _ store: LogStore, _ partition: Partition
    ) throws(LogError) -> PartitionCheckpoint {
        let checkpoint = try store.partitionCheckpoint(partition)
        var found = PartitionCheckpoint.empty
        try store.forEachEntry(of: partition) { (slot, bytes) throws(LogError) in
            do throws(CodecError) {
                _ = try DealEntry.decode(bytes)
            } catch {
                throw LogError(.damaged, "slot \(slot): \(error.reason)")
            }
            found.dealCount += 1
            found.entrySum &+= UInt64(DealEntry.checksum(of: bytes))
        }
        guard found.dealCount == checkpoint.dealCount, found.entrySum == checkpoint.entrySum else {
            throw LogError(
                .damaged, "\(found.dealCount) deals, or their sum, are not the \(checkpoint.dealCount) written")
        }
        return checkpoint
    }
}
