import HelpdeskService
import Platform

endProcess(await HelpdeskServer.main(Array(CommandLine.arguments.dropFirst())))
