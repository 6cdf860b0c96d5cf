/// The frame around a mail when the templates directory has no `layouts/email.html`: the one that `init` lays there.
enum DefaultLayout {
    static let html = String(decoding: PackageResources.email_html, as: UTF8.self)
}
