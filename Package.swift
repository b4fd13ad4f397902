// swift-tools-version: 6.2
import PackageDescription

/// One set of rules for every Swift target of ours; a global flag would clash with the dependencies' own.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "dealhealth",
    products: [
        .executable(name: "dealhealth", targets: ["dealhealth"]),
        .executable(name: "dealhealth-load", targets: ["dealhealth-load"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // MARK: C at the feet
        .target(name: "CCRC32C"),
        .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),

        .target(name: "CEpoll"),
        .target(name: "CMalloc"),

        // MARK: pure domain
        .target(
            name: "DealHealthCore",
            dependencies: [
                "CCRC32C",
                .product(name: "RealModule", package: "swift-numerics"),
            ],
            swiftSettings: settings
        ),

        // MARK: engine and its adapters
        .target(
            name: "DealHealthEngine",
            dependencies: [
                "DealHealthCore",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "DealHealthWAL",
            dependencies: [
                "DealHealthEngine", "DealHealthCore", "CLMDB",
            ],
            swiftSettings: settings
        ),
        .target(name: "DealHealthReactor", dependencies: ["CEpoll"], swiftSettings: settings),
        .target(
            name: "DealHealthServer",
            dependencies: [
                "DealHealthEngine", "DealHealthCore", "DealHealthReactor",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            // Part of the code: no bundle to find beside the program.
            resources: [.embedInCode("Documentation/openapi.json"), .embedInCode("Documentation/docs.html")],
            swiftSettings: settings
        ),

        // MARK: the program
        .executableTarget(
            name: "dealhealth",
            dependencies: [
                "CMalloc", "DealHealthCore", "DealHealthEngine", "DealHealthServer", "DealHealthWAL",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),

        // MARK: the load-test harness: knows the server by its HTTP only
        .target(
            name: "DealHealthLoad",
            dependencies: [
                "CEpoll", "DealHealthCore",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            path: "Bench/load/Library",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "dealhealth-load",
            dependencies: [
                "DealHealthCore", "DealHealthLoad",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Bench/load/Program",
            swiftSettings: settings
        ),

        // MARK: tests
        .target(
            name: "DealHealthTesting",
            dependencies: [
                "DealHealthEngine", "DealHealthCore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "Races",
            dependencies: [
                "DealHealthCore", "DealHealthEngine", "DealHealthReactor", "DealHealthTesting", "DealHealthWAL",
            ],
            path: "Tests/Races",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "power-loss-judge",
            dependencies: [
                "DealHealthCore", "DealHealthEngine", "DealHealthWAL",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/PowerLoss",
            swiftSettings: settings
        ),
        // Judges lines of text, for the comparison with other judges.
        .executableTarget(
            name: "tip-judge",
            dependencies: ["DealHealthCore"],
            path: "Bench/tips/Judge",
            swiftSettings: settings
        ),
        // What must hold of any input. Some sources are links to the server's: to build all of that for fuzzing takes minutes.
        .target(
            name: "FuzzChecks",
            dependencies: ["DealHealthCore"],
            path: "Tests/Fuzz/Checks",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "Fuzz",
            dependencies: ["FuzzChecks"],
            path: "Tests/Fuzz/Program",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DealHealthCoreTests",
            dependencies: ["DealHealthCore", "DealHealthTesting", "FuzzChecks"],
            exclude: [
                "Scoring/forecast-examples.json", "Tips/coupon-tips-development.tsv", "Tips/coupon-tips-held-out.tsv",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DealHealthEngineTests",
            dependencies: [
                "DealHealthEngine", "DealHealthCore", "DealHealthTesting",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DealHealthWALTests",
            dependencies: [
                "DealHealthWAL", "DealHealthEngine", "DealHealthCore", "DealHealthTesting",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DealHealthReactorTests",
            dependencies: ["DealHealthReactor"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DealHealthLoadTests",
            dependencies: ["DealHealthCore", "DealHealthLoad"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "dealhealthTests",
            dependencies: [
                "dealhealth", "DealHealthEngine", "DealHealthServer",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DealHealthServerTests",
            dependencies: [
                "DealHealthServer", "DealHealthEngine", "DealHealthCore", "DealHealthTesting",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            exclude: ["Access/pyjwt-corpus.json", "Access/pyjwt_corpus.py"],
            swiftSettings: settings
        ),
    ]
)
