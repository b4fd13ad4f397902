/// What a worker hands back when it ends.
struct WorkerReport: Sendable {
    /// By the scenario's operations, and by its phases.
    var operations: [Tally]
    var phases: [Tally]
    /// How much later than planned starts were noticed: the generator's own fault.
    var lateness: Histogram
    /// Of a processor, while it measured; nanoseconds.
    var processorTime: UInt64
    var elapsed: UInt64
    /// Of a run that is verified.
    var ledger: LedgerShard
}
