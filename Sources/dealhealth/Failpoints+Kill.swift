import DealHealthEngine
import Foundation
import Synchronization

extension Failpoints {
    /// Ends the process by SIGKILL at the `count`-th pass of `name`.
    static func killing(at name: Name, count: Int) -> Failpoints {
        let passes = PassCounter()
        return Failpoints { passed in
            guard passed == name, passes.next() == count else { return }
            kill(getpid(), SIGKILL)
        }
    }

    private final class PassCounter: Sendable {
        private let passes = Atomic<Int>(0)

        func next() -> Int {
            passes.wrappingAdd(1, ordering: .relaxed).newValue
        }
    }
}
