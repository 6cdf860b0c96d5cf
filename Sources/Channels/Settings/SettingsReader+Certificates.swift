import Broadcast
import CCrypto

extension SettingsReader {
    /// The absolute path of a PEM file with at least one certificate in it; nil when absent.
    func certificateFile(_ key: String) -> String? {
        guard let path = text(key) else { return nil }
        switch secretSource.file(path) {
        case .unreadable(let why):
            report(key, .unreadable, "the file \(Excerpt.of(path)) \(why)")
            return nil
        case .contents(let bytes, _):
            guard Self.holdsCertificate(bytes) else {
                report(
                    key, .invalid,
                    "the file \(Excerpt.of(path)) holds no certificate: expected PEM, -----BEGIN CERTIFICATE-----"
                )
                return nil
            }
            return secretSource.absolutePath(path)
        }
    }

    private static func holdsCertificate(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, let count = Int32(exactly: bytes.count),
                let source = unsafe BIO_new_mem_buf(start, count)
            else { return false }
            defer { unsafe BIO_free(source) }
            guard let certificate = unsafe PEM_read_bio_X509(source, nil, nil, nil) else {
                // What is no certificate leaves its reason on this thread's pile of errors.
                ERR_clear_error()
                return false
            }
            unsafe X509_free(certificate)
            return true
        }
    }
}
