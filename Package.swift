// swift-tools-version: 6.2
import PackageDescription

/// The strict settings every Swift target is built with; a warning is an error.
let strictTests: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Sources also spell out every unsafe construct; the test macros expand to some, so tests cannot.
let strict = strictTests + [.strictMemorySafety()]

/// Swift's libraries go into the release executable, so that it runs where no Swift is installed.
let staticSwift = SwiftSetting.unsafeFlags(["-static-stdlib"], .when(configuration: .release))

func library(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies, exclude: exclude, swiftSettings: strictTests)
}

/// What fuzzing runs: a suite over its seeds, or for `scripts/fuzz` a program that libFuzzer drives.
let fuzzed: [Target.Dependency] = [
    "Broadcast", "Channels", "Configuration", "Curl", "Storage", "Templating", "Wire",
]
let fuzzing: [Target] =
    Context.environment["TOCSIN_FUZZING"] == nil
    ? [
        .testTarget(
            name: "FuzzingTests", dependencies: fuzzed + ["TestPeers"], path: "Tests/Fuzzing",
            exclude: ["CFuzzer", "Driver", "Seeds"], swiftSettings: strictTests)
    ]
    : [
        .systemLibrary(name: "CFuzzer", path: "Tests/Fuzzing/CFuzzer"),
        .executableTarget(
            name: "fuzz", dependencies: fuzzed + ["CFuzzer"], path: "Tests/Fuzzing",
            exclude: ["CFuzzer", "Seeds", "SeedTests.swift"], swiftSettings: strictTests),
    ]

/// What `scripts/bench-rendering` builds.
let benchmarks: [Target] =
    Context.environment["TOCSIN_BENCHMARKS"] == nil
    ? []
    : [
        .executableTarget(
            name: "bench-rendering",
            dependencies: ["Broadcast", "Channels", "Configuration", "Templating", "Wire"],
            path: "Tests/Benchmarks/Rendering", swiftSettings: strictTests)
    ]

// The arrows below are the import table of the house; Tests/ArchitectureTests holds the sources to it.
let package = Package(
    name: "tocsin",
    products: [.executable(name: "tocsin", targets: ["tocsin"])],
    targets: [
        .systemLibrary(name: "CCurl"),
        .systemLibrary(name: "CSQLite"),
        .systemLibrary(name: "CMarkdown"),
        .systemLibrary(name: "CYAML"),
        .systemLibrary(name: "CIDN"),
        .systemLibrary(name: "CCrypto"),
        .target(
            name: "CPhone", cxxSettings: [.unsafeFlags(["-Wall", "-Werror"])],
            linkerSettings: [.linkedLibrary("phonenumber")]),

        library("Broadcast", ["CIDN", "CPhone", "CCrypto"]),
        library("Wire"),
        library(
            "Templating", ["Broadcast", "CMarkdown", "CYAML"], resources: [.embedInCode("Layout")]),
        library("Channels", ["Broadcast", "Wire", "Templating", "CCrypto"]),
        library("Curl", ["Wire", "CCurl"]),
        library("Storage", ["Broadcast", "CSQLite", "CCrypto"]),
        library("Dispatching", ["Broadcast", "Wire", "Templating", "Channels", "Storage"]),
        library("Configuration", ["Broadcast", "Wire", "Templating", "Channels"]),
        .executableTarget(
            name: "tocsin",
            dependencies: [
                "Broadcast", "Wire", "Templating", "Channels", "Curl", "Storage", "Dispatching",
                "Configuration",
            ],
            resources: [.embedInCode("Starter"), .embedInCode("Preview/page.css")],
            swiftSettings: strict + [staticSwift],
            linkerSettings: [.unsafeFlags(["-static-stdlib"], .when(configuration: .release))]),

        tests(of: "Broadcast", ["Broadcast", "TestPeers"]),
        tests(of: "Storage", ["Storage", "Broadcast", "TestPeers"]),
        tests(
            of: "Channels",
            ["Channels", "Broadcast", "Wire", "Templating", "Configuration", "Curl", "TestPeers"]),
        tests(
            of: "Configuration",
            ["Configuration", "Channels", "Broadcast", "Wire", "Templating", "TestPeers"]),
        tests(of: "Templating", ["Templating", "Broadcast", "TestPeers"], exclude: ["Golden"]),
        .target(name: "TestPeers", path: "Tests/Support", swiftSettings: strictTests),
        .testTarget(name: "ArchitectureTests", swiftSettings: strictTests),
        tests(of: "Wire", ["Wire"]),
        tests(
            of: "Dispatching",
            [
                "Dispatching", "Broadcast", "Channels", "Configuration", "Curl", "Storage", "Templating",
                "Wire", "TestPeers", "tocsin",
            ]),
        tests(of: "Curl", ["Curl", "Wire", "TestPeers"]),
        tests(of: "tocsin", ["tocsin", "Broadcast", "Storage", "TestPeers"]),
    ] + fuzzing + benchmarks,
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
