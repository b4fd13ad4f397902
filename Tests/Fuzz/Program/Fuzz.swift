// Two programs from one source. Built for fuzzing (`ops/fuzz`) libFuzzer has `main` and calls `LLVMFuzzerTestOneInput`; built like
// everything else there is no libFuzzer to link, and it replays files.

import FuzzChecks

#if FUZZING

    import Foundation

    /// `FUZZ_TARGET` chooses: libFuzzer's command line is its own.
    private let target = FuzzTarget(rawValue: ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? "")

    /// libFuzzer's entry point (`FuzzerInterface.h`): traps for an input on which something does not hold.
    @_cdecl("LLVMFuzzerTestOneInput")
    public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        guard let target else { fatalError("FUZZ_TARGET must be one of \(FuzzTarget.allCases.map(\.rawValue))") }
        if let fault = target.fault(in: Array(UnsafeBufferPointer(start: bytes, count: count))) {
            fatalError("\(target.rawValue): \(fault)")
        }
        return 0
    }

#else

    import Foundation

    /// `Fuzz TARGET FILE…`: says what does not hold; exit code 1 if there is anything.
    @main enum Fuzz {
        static func main() throws {
            let arguments = CommandLine.arguments.dropFirst()
            guard let target = arguments.first.flatMap(FuzzTarget.init(rawValue:)) else {
                fatalError("usage: Fuzz TARGET FILE…, with one of \(FuzzTarget.allCases.map(\.rawValue))")
            }
            var hasFault = false
            for path in arguments.dropFirst() {
                guard let fault = target.fault(in: Array(try Data(contentsOf: URL(filePath: path)))) else { continue }
                hasFault = true
                print("\(path): \(fault)")
            }
            exit(hasFault ? 1 : 0)
        }
    }

#endif
