import Glibc
import Testing

@testable import Curl

struct NetworkAddressTests {
    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
        "127.9.9.9",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.168.1.1", "198.18.0.1",
        "198.19.255.255",
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    ])
    func `an IPv4 address of this machine or its networks is not public`(text: String) throws {
        #expect(!(try Self.v4(text).isPublic))
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255",
        "198.17.255.255", "198.20.0.0", "223.255.255.255",
    ])
    func `the IPv4 addresses beside them are public`(text: String) throws {
        #expect(try Self.v4(text).isPublic)
    }

    @Test(arguments: [
        "::", "::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::10.0.0.1", "64:ff9b::c0a8:101", "64:ff9b:1::1", "fc00::1", "fd12:3456::1", "fe80::1",
        "febf::1",
        "fec0::1", "ff02::1", "2002:7f00:1::", "2002:a00:1::1", "2001::1", "2001:0:a00:1::", "100::1",
        "4000::1",
    ])
    func `an IPv6 address that is, or embeds, a private one is not public`(text: String) throws {
        #expect(!(try Self.v6(text).isPublic))
    }

    @Test(arguments: [
        "2606:4700:4700::1111", "2a00:1450:4002::1", "2001:4860:4860::8888", "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
    ])
    func `other IPv6 addresses are public`(text: String) throws {
        #expect(try Self.v6(text).isPublic)
    }

    @Test func `an address is shown as people write it`() throws {
        #expect("\(try Self.v4("192.168.1.20"))" == "192.168.1.20")
        #expect("\(try Self.v6("fe80::1"))" == "fe80:0:0:0:0:0:0:1")
    }

    @Test func `what is no internet address is none`() {
        let bytes = [UInt8](repeating: 0, count: 64)
        #expect(bytes.withUnsafeBytes { NetworkAddress(family: AF_UNIX, socketAddress: $0) } == nil)
        #expect(bytes.prefix(4).withUnsafeBytes { NetworkAddress(family: AF_INET, socketAddress: $0) } == nil)
    }

    private static func v4(_ text: String) throws -> NetworkAddress {
        var address = sockaddr_in()
        try #require(inet_pton(AF_INET, text, &address.sin_addr) == 1)
        return try #require(
            withUnsafeBytes(of: &address) { NetworkAddress(family: AF_INET, socketAddress: $0) })
    }

    private static func v6(_ text: String) throws -> NetworkAddress {
        var address = sockaddr_in6()
        try #require(inet_pton(AF_INET6, text, &address.sin6_addr) == 1)
        return try #require(
            withUnsafeBytes(of: &address) { NetworkAddress(family: AF_INET6, socketAddress: $0) })
    }
}
