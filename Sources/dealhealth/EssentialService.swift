import Foundation
import ServiceLifecycle

/// A service without which the program is of no use: when it fails, the process says why in one line and ends.
///
/// At once, and not by cancelling the others: there is nothing to finish, and a listener that is cancelled while it starts may
/// end the process by a trap of its own.
struct EssentialService<Base: Service>: Service {
    let base: Base

    init(_ base: Base) {
        self.base = base
    }

    func run() async throws {
        do {
            try await base.run()
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            Console.say("dealhealth: \(error)")
            _exit(EXIT_FAILURE)
        }
    }
}
