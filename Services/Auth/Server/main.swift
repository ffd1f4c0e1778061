import AuthService
import Glibc

exit(await AuthServer.main(Array(CommandLine.arguments.dropFirst())))
