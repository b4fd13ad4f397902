import DealHealthLoad
import Testing

@Suite("What --chaos says")
struct ChaosPlanTests {
    @Test func killsAndStopsAreRead() throws {
        let kill = try ChaosPlan("kill-server=/run/dealhealth.pid,every=10s")
        #expect(kill.action == .kill)
        #expect(kill.pidFile == "/run/dealhealth.pid")
        #expect(kill.everySeconds == 10)
        let stop = try ChaosPlan("stop-server=a=b.pid,for=500ms,every=1.5m")
        #expect(stop.action == .stop(seconds: 0.5))
        #expect(stop.pidFile == "a=b.pid")
        #expect(stop.everySeconds == 90)
    }

    @Test(arguments: [
        "", "kill-server", "kill-server=,every=1s", "kill-server=p", "kill-server=p,every=", "kill-server=p,every=10",
        "kill-server=p,every=0s", "kill-server=p,every=25h", "kill-server=p,every=-1s", "kill-server=p,every=nans",
        "kill-server=p,every=1s,every=2s", "kill-server=p,every=2s,for=1s", "kill-server=p,every=1s,what=2s",
        "stop-server=p,every=1s", "stop-server=p,every=1s,for=1s", "burn-server=p,every=1s", "kill-server=p,every=1s,",
    ])
    func anythingElseIsRefusedWithTheTextInTheMessage(text: String) {
        #expect { try ChaosPlan(text) } throws: { "\($0)".hasPrefix("--chaos \(text): ") }
    }
}
