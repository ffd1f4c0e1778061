import Glibc
import Model
import StrictJSON
import TestSupport
import Testing

@testable import Messaging

@Suite struct FileChannelTests {
    @Test func `messages become private files whose names sort by time`() async throws {
        let folder = TemporaryFolder()
        let path = folder.file("messages")
        let channel = FileChannel(kind: .email, folder: path)
        for (id, seconds) in [("zz", Int64(1_795_254_300)), ("aa", 1_795_254_301)] {
            let message = RenderedMessage(
                id: OutboxMessage.code(id).id, kind: .accessCode, channel: .email,
                content: MessageContent(to: "jane@example.org", subject: "S", text: "Grüße\n\"x\""),
                created: Timestamp(microseconds: seconds * 1_000_000 + 42))
            #expect(await failure(channel, message) == nil)
            #expect(await failure(channel, message) == nil)
        }
        let names = try runSuccessfully("ls", ["-A", path]).text.split(separator: "\n")
        #expect(
            names == ["20261121T094500.000042Z-accessCode-zz.json", "20261121T094501.000042Z-accessCode-aa.json"])
        let file = path + "/" + (try #require(names.last))
        #expect(try runSuccessfully("jq", ["-r", ".text", file]).text == "Grüße\n\"x\"\n")
        let object = try JSON.parse(readFile(file))
        #expect(object["to"] == "jane@example.org")
        #expect(object["kind"] == "accessCode")
        #expect(object["channel"] == "email")
        #expect(object["time"] == "2026-11-21T09:45:01.000Z")
        #expect(try runSuccessfully("stat", ["-c", "%a", path, file]).text == "700\n600\n")
    }

    @Test func `a folder that cannot be made waits for the administrator`() async throws {
        let folder = TemporaryFolder()
        let file = folder.write("file", "x")
        let channel = FileChannel(kind: .sms, folder: file + "/messages")
        let error = await failure(channel, rendered(to: "+12025550100", channel: .sms))
        #expect(error == .misconfigured(reason: "folder_not_writable"))
        #expect(await finding(channel) == .misconfigured(reason: "folder_not_writable"))
        #expect(await finding(FileChannel(kind: .sms, folder: folder.file("new"))) == nil)
    }
}
