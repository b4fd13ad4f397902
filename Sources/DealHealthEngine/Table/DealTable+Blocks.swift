import DealHealthCore
import Synchronization

/// Blocks of neighbouring slots, and what is known of them without looking inside.
///
/// ## Why no published deal is lost
///
/// A list sharpens a block's word with what it has just scored, while the owner publishes. A list that scored the old state
/// MUST NOT leave a word that the new state breaks, and an owner whose state the word covers already should not
/// have to write. So a list *claims* the word first, then scores, then releases it with the sharper bounds; the owner publishes first,
/// then touches the word, and marks a claimed one *spoiled*, so that its list releases it as it was.
///
/// All of these are read-modify-writes of one word, so they have one order, and each (acquire and release) sees what came before those
/// ahead of it. If the owner's comes before the claim, the list sees the state. If it comes in between, the claim is
/// spoiled. If it comes after, the owner sees the sharper word and widens it where it must. Only the list that claimed ever releases,
/// so no word passes for another that came back. A claim is short: no `await` lies inside.
///
/// A list that begins between `publish` and `cover` may miss the deal's new place; that is before its event is acknowledged.
extension DealTable {
    /// Blocks with at least one slot.
    var blockCount: Int {
        (count + Self.slotsPerBlock - 1) / Self.slotsPerBlock
    }

    /// The slots of `block` handed out by now.
    func slots(of block: Int) -> Range<Int> {
        let start = block * Self.slotsPerBlock
        return start..<max(start, min(start + Self.slotsPerBlock, count))
    }

    // MARK: reading, on any thread

    /// What is known of a block's scores.
    func bounds(of block: Int) -> BlockBounds {
        BlockBounds(word: blockWords(block)[0].load(ordering: .acquiring))
    }

    /// No deal of the block has newer evidence; 1970 or later.
    func newest(of block: Int) -> Timestamp {
        Timestamp(microseconds: Int64(bitPattern: blockWords(block)[1].load(ordering: .acquiring)))
    }

    /// Whether the caller may sharpen the bounds to those of `time`, and then MUST call `release`.
    ///
    /// False when another list does so, or when they are of a later minute: a list of long ago must not blunt those of now.
    func claim(_ block: Int, at time: Timestamp) -> Bool {
        guard let minute = BlockBounds.minute(of: time) else { return false }
        let word = blockWords(block)
        var bounds = BlockBounds(word: word.pointee.load(ordering: .relaxed))
        while !bounds.isClaimed, bounds.minute <= minute {
            let (exchanged, original) = word.pointee.weakCompareExchange(
                expected: bounds.word, desired: bounds.claimed.word, ordering: .acquiringAndReleasing)
            if exchanged { return true }
            bounds = BlockBounds(word: original)
        }
        return false
    }

    /// Ends a claim: the bounds are `sharper` from now on, unless a state was published since.
    func release(_ block: Int, sharper: BlockBounds) {
        let word = blockWords(block)
        var bounds = BlockBounds(word: word.pointee.load(ordering: .relaxed))
        while true {
            precondition(bounds.isClaimed, "a claim is released once")
            let next = bounds.isSpoiled ? bounds.released : sharper
            let (exchanged, original) = word.pointee.weakCompareExchange(
                expected: bounds.word, desired: next.word, ordering: .acquiringAndReleasing)
            if exchanged { return }
            bounds = BlockBounds(word: original)
        }
    }

    // MARK: writing, by the owner

    /// Makes the bounds hold for the state just published in `slot`; mostly they do already.
    ///
    /// Recovery need not: nothing is known of any block before the first list.
    func cover(_ state: DealState, at slot: Int, settings: ScoringSettings) {
        let word = blockWords(slot / Self.slotsPerBlock)
        // Adds nothing, but takes its place in the word's order: a plain load could miss a claim.
        var bounds = BlockBounds(word: word.pointee.wrappingAdd(0, ordering: .acquiringAndReleasing).oldValue)
        while true {
            let covering = bounds.covering(state, settings: settings)
            let next = bounds.isClaimed ? covering.spoiled : covering
            if next == bounds { return }
            let (exchanged, original) = word.pointee.weakCompareExchange(
                expected: bounds.word, desired: next.word, ordering: .acquiringAndReleasing)
            if exchanged { return }
            bounds = BlockBounds(word: original)
        }
    }

    /// Makes every block's bounds unknown, also where a list is about to sharpen them.
    func forgetBounds() {
        for block in 0..<blockCount {
            let word = blockWords(block)
            var bounds = BlockBounds(word: word.pointee.load(ordering: .relaxed))
            while true {
                let next = bounds.isClaimed ? BlockBounds().claimed.spoiled : BlockBounds()
                let (exchanged, original) = word.pointee.weakCompareExchange(
                    expected: bounds.word, desired: next.word, ordering: .acquiringAndReleasing)
                if exchanged { break }
                bounds = BlockBounds(word: original)
            }
        }
    }

    /// A reference time moves forward only, so the newest of a block is exact without any list's help.
    func raiseNewest(to time: Timestamp, slot: Int) {
        let word = blockWords(slot / Self.slotsPerBlock) + 1
        if time.microseconds > Int64(bitPattern: word.pointee.load(ordering: .relaxed)) {
            word.pointee.store(UInt64(bitPattern: time.microseconds), ordering: .releasing)
        }
    }
}
