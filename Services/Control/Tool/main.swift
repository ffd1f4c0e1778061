import ControlCommands
import Glibc

exit(await ControlTool.main(Array(CommandLine.arguments.dropFirst())))
