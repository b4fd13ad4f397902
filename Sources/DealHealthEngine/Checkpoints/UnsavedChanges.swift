import DealHealthCore

/// What changed in a partition since its last checkpoint: the deals, once each, and the remembered ids, one per event.
struct UnsavedChanges: Sendable {
    /// Slots of changed deals, in the order of their first change.
    private(set) var slots: [UInt32] = []
    /// The ids of the events since, in log order.
    private(set) var remembered: [RememberedEvent] = []
    /// One bit a slot: whether it is in `slots`.
    private var isChanged: [UInt64] = []

    mutating func insert(slot: UInt32, remembered event: RememberedEvent?) {
        insert(slot)
        if let event { remembered.append(event) }
    }

    private mutating func insert(_ slot: UInt32) {
        let word = Int(slot / 64)
        if word >= isChanged.count {
            isChanged.append(contentsOf: repeatElement(0, count: word + 1 - isChanged.count))
        }
        let bit: UInt64 = 1 << (slot % 64)
        if isChanged[word] & bit != 0 { return }
        isChanged[word] |= bit
        slots.append(slot)
    }

    /// Hands everything over and starts empty.
    mutating func take() -> UnsavedChanges {
        let taken = self
        self = UnsavedChanges()
        return taken
    }

    /// Puts changes that could not be saved back, before those made since.
    mutating func restore(_ changes: UnsavedChanges) {
        let later = self
        self = changes
        for slot in later.slots { insert(slot) }
        remembered.append(contentsOf: later.remembered)
    }
}
