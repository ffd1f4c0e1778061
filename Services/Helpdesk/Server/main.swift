import Glibc
import HelpdeskService

exit(await HelpdeskServer.main(Array(CommandLine.arguments.dropFirst())))
