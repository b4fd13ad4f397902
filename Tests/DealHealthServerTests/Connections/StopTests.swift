import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import Glibc
import Testing

@testable import DealHealthServer

@Suite struct StopTests {
    /// Who comes while requests finish is refused by the kernel, and does not wait for a server that will not answer.
    @Test func nobodyIsLeftWaitingToBeAcceptedWhileRequestsFinish() async throws {
        let log = InMemoryLog()
        let (commits, announce) = AsyncStream<Void>.makeStream()
        try await EngineHarness(log: log).run { engine in
            let handle = EngineHandle()
            handle.recovered(engine)
            let (port, tell) = AsyncStream<Int>.makeStream()
            async let isRefused: Bool = {
                var ports = port.makeAsyncIterator()
                guard let port = await ports.next() else { return false }
                for await _ in commits { break }
                for _ in 0..<50 {
                    do {
                        try await RawConnection.with(port: port) { _ in }
                        try await Task.sleep(for: .milliseconds(5))
                    } catch {
                        return true
                    }
                }
                return false
            }()
            try await TestServer.serve(handle) { server in
                tell.yield(server.apiPort)
                log.inject { _ in
                    announce.yield()
                    usleep(1_000_000)
                    return nil
                }
                // Serving ends while this is on its way to the disk.
                Task { try? await server.post(Samples.test("a", extra: "")) }
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(await isRefused)
            log.inject(nil)
        }
    }
}
