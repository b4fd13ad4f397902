import DealHealthCore

/// One partition's unsaved changes on their way into the checkpoint, and the position it reaches with them.
///
/// The entries are read from the published table as the steps are made, so some are newer than `position`. That is sound:
/// each carries its deal's latest LSN, and a replay skips what it holds already.
struct CheckpointSlice: Sendable {
    let partition: Partition
    let changes: UnsavedChanges
    let position: LSN
    let lastLSN: LSN

    /// The parts to write, in order; the last one completes the slice. Each is made when it is asked for.
    func steps(_ table: DealTable) -> some Sequence<CheckpointStep> {
        let slots = changes.slots
        let stepCount = max(1, (slots.count + Limits.checkpointStepEntriesMax - 1) / Limits.checkpointStepEntriesMax)
        return (0..<stepCount).lazy.map { index in
            let start = index * Limits.checkpointStepEntriesMax
            let end = min(start + Limits.checkpointStepEntriesMax, slots.count)
            var step = CheckpointStep(partition: partition)
            // Ascending, so that neighbours share pages.
            for slot in slots[start..<end].sorted() {
                guard let state = table.state(at: Int(slot)) else {
                    preconditionFailure("a changed deal is published")
                }
                step.slots.append(slot)
                DealEntry.encode(state, dealID: table.id(at: Int(slot)), into: &step.entries)
                step.entryEnds.append(step.entries.count)
            }
            if index == stepCount - 1 {
                step.remembered = rememberedChunks()
                step.completes = (position, lastLSN)
            }
            return step
        }
    }

    /// The remembered ids by minute of reception; they are in log order, so each minute is one run, in chunks of a page.
    private func rememberedChunks() -> [(minute: UInt32, chunk: [UInt8])] {
        var chunks: [(minute: UInt32, chunk: [UInt8])] = []
        var rest = changes.remembered[...]
        while let minute = rest.first?.minute {
            let run = rest.prefix(Limits.rememberedChunkEventsMax).prefix { $0.minute == minute }
            chunks.append((minute, RememberedEventChunk.encode(run)))
            rest = rest[run.endIndex...]
        }
        return chunks
    }
}
