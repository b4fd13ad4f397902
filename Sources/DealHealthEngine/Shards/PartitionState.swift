import DealHealthCore

/// Everything that one partition's owner knows: the table that readers see, what is staged ahead of it, and what the
/// checkpoint lacks.
///
/// A plain value with no I/O; `DealShard` keeps one, recovery fills it.
struct PartitionState {
    let partition: Partition
    let table: DealTable
    /// The partition's latest record, staged or not: where its chain goes on.
    private(set) var stagedLSN: LSN
    /// The partition's latest visible record. *Invariant:* `appliedLSN <= stagedLSN`.
    private(set) var appliedLSN: LSN
    /// States that wait for their record to become durable, by slot.
    private var staged: [UInt32: DealState] = [:]
    /// Deals whose first record is not durable yet, with the slot that they will take: deals are published in the order
    /// they are staged in.
    private var newDeals: [[UInt8]: UInt32] = [:]
    /// What changed since the partition's last checkpoint.
    private(set) var unsaved: UnsavedChanges

    /// A partition without deals, or with those already in `table`, whose latest record is `lastLSN`.
    init(partition: Partition, table: DealTable, lastLSN: LSN) {
        self.partition = partition
        self.table = table
        stagedLSN = lastLSN
        appliedLSN = lastLSN
        unsaved = UnsavedChanges()
    }

    // MARK: staging

    /// The change of a deal that one record makes, and what the record says of it.
    struct Transition {
        var state: DealState
        var previousPartitionLSN: LSN
        var previousDealLSN: LSN
        var scoreBefore: UInt16
        var scoreAfter: UInt16

        init(from before: DealState, to after: DealState, previousPartitionLSN: LSN, settings: ScoringSettings) {
            state = after
            self.previousPartitionLSN = previousPartitionLSN
            previousDealLSN = before.lastLSN
            let time = after.referenceTime
            scoreBefore = Score(of: before, at: time, settings: settings).healthScoreHundredths
            scoreAfter = Score(of: after, at: time, settings: settings).healthScoreHundredths
        }
    }

    /// What an event does to its deal.
    struct Step {
        var slot: UInt32
        var newDealID: [UInt8]?
        /// The alarm that the event gives cause for: a record of its own, before it.
        var alarm: Transition?
        var event: Transition
    }

    /// Works out what `event` does under `settings`, and stages it; nil when the partition can hold no new deal.
    ///
    /// - Parameters:
    ///   - lsn: of the event, or, if it gives cause for an alarm, of that; then the event has the next.
    ///   - prior: what the score of a merchant's new deal begins with.
    mutating func stage(
        _ event: Event, dealID: UnsafeRawBufferPointer, lsn: LSN, settings: ScoringSettings, prior: (Int64) -> UInt16?
    ) -> Step? {
        guard let (slot, newDealID) = slot(of: dealID) else { return nil }
        var before = staged[slot] ?? (newDealID == nil ? table.state(at: Int(slot)) : nil) ?? DealState()
        if newDealID != nil { before.prior = event.merchantID.flatMap(prior) }
        var alarm: Transition?
        let (alarmed, after) = before.following(
            source: event.source, works: event.works, mass: event.mass, time: event.time, merchantID: event.merchantID,
            lsn: lsn, settings: settings)
        if let alarmed {
            alarm = Transition(from: before, to: alarmed, previousPartitionLSN: stagedLSN, settings: settings)
            before = alarmed
        }
        let transition = Transition(
            from: before, to: after, previousPartitionLSN: alarm?.state.lastLSN ?? stagedLSN, settings: settings)
        staged[slot] = after
        stagedLSN = after.lastLSN
        return Step(slot: slot, newDealID: newDealID, alarm: alarm, event: transition)
    }

    /// The slot of a deal, or the one that a new deal will take; nil when the partition is full.
    private mutating func slot(of dealID: UnsafeRawBufferPointer) -> (slot: UInt32, newDealID: [UInt8]?)? {
        if let slot = table.slot(of: dealID) { return (UInt32(slot), nil) }
        let id = Array(dealID)
        if let slot = newDeals[id] { return (slot, nil) }
        let slot = table.count + newDeals.count
        guard slot < Limits.dealsPerPartitionMax else { return nil }
        newDeals[id] = UInt32(slot)
        return (UInt32(slot), id)
    }

    /// Makes durable changes visible, in log order.
    mutating func publish(_ changes: [StagedChange], merchants: MerchantIndex, settings: ScoringSettings) {
        for change in changes {
            let slot = Int(change.slot)
            let known = change.newDealID == nil ? table.state(at: slot)?.merchantID : nil
            if let id = change.newDealID {
                precondition(id.withUnsafeBytes { table.insert($0) } == slot, "deals take slots in the order staged")
                newDeals[id] = nil
            }
            table.publish(change.state, at: slot)
            table.cover(change.state, at: slot, settings: settings)
            if let merchantID = change.state.merchantID, merchantID != known {
                merchants.move(DealReference(partition: partition, slot: slot), from: known, to: merchantID)
            }
            appliedLSN = change.state.lastLSN
            if staged[change.slot]?.lastLSN == change.state.lastLSN { staged[change.slot] = nil }
            unsaved.insert(slot: change.slot, remembered: change.remembered)
        }
        checkInvariants()
    }

    /// The id of the deal that a published change is of.
    func dealID(of change: StagedChange) -> UnsafeRawBufferPointer {
        table.id(at: Int(change.slot))
    }

    /// Gives back all that is staged and not visible.
    mutating func rollBack() {
        staged.removeAll()
        newDeals.removeAll()
        stagedLSN = appliedLSN
    }

    // MARK: recovery

    /// Applies a record of the log again, unless the state holds it already; records MUST come in log order.
    mutating func replay(_ record: LogRecord, dealID: UnsafeRawBufferPointer, settings: ScoringSettings) {
        stagedLSN = record.lsn
        appliedLSN = record.lsn
        guard let slot = table.slot(of: dealID) ?? table.insert(dealID) else {
            preconditionFailure("the log holds more deals than the partition's limit")
        }
        unsaved.insert(slot: UInt32(slot), remembered: RememberedEvent(record))
        var state = table.state(at: slot) ?? DealState()
        // The checkpoint's entries may be newer than its position: they are written while events go on.
        guard record.lsn > state.lastLSN else { return }
        state.replay(record, settings: settings)
        table.publish(state, at: slot)
    }

    // MARK: checkpoints

    /// Moves everything unsaved into a slice that `checkpointed` of the partition will reach once it is written.
    mutating func beginCheckpoint(applied: LSN) -> CheckpointSlice {
        // Empty, they may still have the room that a burst needed.
        if staged.isEmpty { (staged, newDeals) = ([:], [:]) }
        return CheckpointSlice(
            partition: partition, changes: unsaved.take(), position: max(applied, appliedLSN), lastLSN: appliedLSN)
    }

    /// Takes back a slice that could not be written.
    mutating func restore(_ slice: consuming CheckpointSlice) {
        unsaved.restore(slice.changes)
    }

    func checkInvariants() {
        precondition(appliedLSN <= stagedLSN, "applied <= staged")
        precondition(newDeals.count <= staged.count, "a new deal is staged")
    }
}
