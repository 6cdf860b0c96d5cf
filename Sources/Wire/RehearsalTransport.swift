import Glibc
import Synchronization

/// Keeps every request as a file instead of sending it, and accepts it; what the files say, ``KeptRequest`` says.
///
/// A mail is its message byte for byte (`.eml`). An HTTP request is its method and URL, its headers and, behind an empty
/// line, its body byte for byte (`.http`); only secrets and signatures are hidden. Under `folder` there is one for each
/// route, and in it one for each thousand requests, in the order in which they came.
public final class RehearsalTransport: Transport {
    /// A folder of more is slow to list.
    private static let mostInFolder = 1000
    /// So many requests may be called the same.
    private static let mostNamesakes = 10_000

    private let folder: String
    private let state = Mutex(State())

    private struct State {
        var counts: [String: Int] = [:]
        var failure: TransportFailure?
    }

    /// A transport into `folder`, which is there and empty.
    public init(folder: String) { self.folder = folder }

    /// Nil: nobody waits for a network.
    public var executor: (any TaskExecutor)? { nil }

    /// Why a request could not be kept, after which none is; nil while all went well.
    public var failure: TransportFailure? { state.withLock { $0.failure } }

    /// Keeps one request; a failure ends the rehearsal, and all that follow are cancelled.
    public func exchange(
        _ request: WireRequest, over route: Route, while mayLeave: @escaping @Sendable () -> Bool
    ) async -> WireReply {
        guard mayLeave(), failure == nil else { return Self.cancelled }
        do throws(TransportFailure) {
            let label = request.label ?? RequestLabel("request")
            let file = try keep(request.kept(route.redactor), as: label.name, request.fileType, route.name)
            return KeptRequest(file: file, bytes: request.size, note: label.note).reply(to: request)
        } catch {
            state.withLock { $0.failure = $0.failure ?? error }
            return Self.cancelled
        }
    }

    /// Nobody is there to be greeted.
    public func greet(_ route: Route) async -> WireReply { Self.cancelled }

    /// Does nothing: every file is closed already.
    public func shutdown() async {}

    private static let cancelled = WireReply.failure(
        TransportFailure(.cancelled, handedOver: .no, "the rehearsal has ended"))

    // MARK: Files

    private func keep(
        _ bytes: [UInt8], as name: String, _ type: String, _ route: String
    ) throws(TransportFailure) -> String {
        let number = state.withLock { state in
            defer { state.counts[route, default: 0] += 1 }
            return state.counts[route, default: 0]
        }
        let digits = String(number / Self.mostInFolder)
        let shard = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        let stem = "\(route)/\(shard)/\(FileName.of(name))"
        for namesake in 1...Self.mostNamesakes {
            let path = namesake == 1 ? "\(stem).\(type)" : "\(stem)~\(namesake).\(type)"
            if try write(bytes, to: path) { return path }
        }
        throw failed(stem, EEXIST)
    }

    private func make(_ directory: String) throws(TransportFailure) {
        guard unsafe mkdir("\(folder)/\(directory)", 0o700) != 0, errno != EEXIST else { return }
        throw failed(directory, errno)
    }

    /// False when a file of that name stands already.
    private func write(_ bytes: [UInt8], to name: String) throws(TransportFailure) -> Bool {
        let path = "\(folder)/\(name)"
        var file = create(path)
        if file < 0, errno == ENOENT {
            // The first one of its folder; another worker may be at it, too.
            let folders = name.split(separator: "/").dropLast()
            for count in 1...folders.count { try make(folders.prefix(count).joined(separator: "/")) }
            file = create(path)
        }
        guard file >= 0 else {
            if errno == EEXIST { return false }
            throw failed(name, errno)
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                let reason = errno
                close(file)
                // A message that is not whole must not look like one.
                unsafe unlink(path)
                throw failed(name, reason)
            }
            rest = rest.dropFirst(written)
        }
        // Some file systems say only now that they had no room.
        guard close(file) == 0 || errno == EINTR else {
            let reason = errno
            unsafe unlink(path)
            throw failed(name, reason)
        }
        return true
    }

    private func create(_ path: String) -> Int32 {
        unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    }

    private func failed(_ name: String, _ reason: Int32) -> TransportFailure {
        let why =
            switch reason {
            case ENOSPC, EDQUOT: "the disk is full"
            case EFBIG: "a file may not be that long here"
            case EMFILE, ENFILE: "too many files are open"
            case EACCES, EPERM, EROFS: "nothing may be written there"
            case EEXIST: "too many requests are called so"
            default: "system error \(reason)"
            }
        return TransportFailure(
            .transportBroken, handedOver: .no, "\(folder)/\(name) cannot be written: \(why)")
    }
}

/// A file's name made of any text.
enum FileName {
    /// With the number behind it and its type it stays below the 255 bytes that file systems take.
    private static let longest = 180

    /// Letters, digits and `.-_@+` stay, all else is percent-encoded; what is too long is cut.
    static func of(_ text: String) -> String {
        var name: [UInt8] = []
        for byte in text.utf8 {
            // One that is hidden, or looks like an option.
            let isAwkward = name.isEmpty && ".-".utf8.contains(byte)
            let piece = isPlain(byte) && !isAwkward ? [byte] : encoded(byte)
            guard name.count + piece.count <= longest else { break }
            name += piece
        }
        return name.isEmpty ? "_" : String(decoding: name, as: UTF8.self)
    }

    private static func encoded(_ byte: UInt8) -> [UInt8] {
        let digits = String(byte, radix: 16, uppercase: true)
        return Array("%\(digits.count < 2 ? "0" : "")\(digits)".utf8)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: ".-_@+".utf8.contains(byte)
        }
    }
}
