import StrictJSON
import Testing
import Web

@testable import AuthService

/// The interface document, as something every answer of a test is held against.
struct InterfaceContract: Sendable {
    /// The document the service serves.
    static let served = InterfaceContract(
        document: (try? JSON.parse(OpenAPIDocument.bytes)) ?? .null)

    let document: JSON

    /// What the answer to a request has that the document does not allow.
    func violations(of response: Response, to method: Web.Method, _ target: String) -> [String] {
        let path = target.split(separator: "?", omittingEmptySubsequences: false).first.map(String.init) ?? target
        guard let operation = operation(method, path) else { return unknownOperation(response) }
        guard let declared = resolved(operation["responses"]?[String(response.status)]) else {
            return ["status \(response.status) \(response.code) is not declared"]
        }
        var found: [String] = []
        if [429, 503].contains(response.status), response.json["stores"] == nil, response.header("Retry-After") == nil {
            found.append("no Retry-After")
        }
        let type = response.header("Content-Type")?.split(separator: ";").first.map(String.init)
        guard let type else { return found + (response.body.isEmpty && declared["content"] == nil ? [] : ["no type"]) }
        guard let content = declared["content"]?[type] else { return found + ["type \(type) is not declared"] }
        guard type.hasSuffix("json"), let schema = content["schema"] else { return found }
        return found + violations(of: response.json, against: schema, at: "")
    }

    /// The operation of a path; a path without parameters goes first.
    func operation(_ method: Web.Method, _ path: String) -> JSON? {
        let wanted = path.split(separator: "/")
        let matches = (document["paths"]?.objectValue ?? []).filter { item in
            let segments = item.name.split(separator: "/")
            return segments.count == wanted.count
                && zip(segments, wanted).allSatisfy { $0.hasPrefix("{") || $0.utf8.elementsEqual($1.utf8) }
        }
        let name = method.description.lowercased()
        return matches.sorted { !$0.name.contains("{") && $1.name.contains("{") }.first?.value[name]
    }

    private func unknownOperation(_ response: Response) -> [String] {
        [400, 401, 404, 405].contains(response.status) && !response.code.isEmpty ? [] : ["no problem"]
    }

    private func resolved(_ value: JSON?) -> JSON? {
        guard let pointer = value?["$ref"]?.stringValue else { return value }
        return pointer.split(separator: "/").dropFirst().reduce(document) { $0?[String($1)] }
    }

    /// What a value has that a schema does not allow; the keywords are those the document uses.
    func violations(of value: JSON, against schema: JSON, at pointer: String) -> [String] {
        guard let schema = resolved(schema) else { return ["\(pointer): the schema is not there"] }
        var found = (schema["allOf"]?.arrayValue ?? []).flatMap { violations(of: value, against: $0, at: pointer) }
        if let choices = schema["oneOf"]?.arrayValue {
            let fitting = choices.filter { violations(of: value, against: $0, at: pointer).isEmpty }
            if fitting.count != 1 { found.append("\(pointer): fits \(fitting.count) of the choices") }
        }
        if let constant = schema["const"], constant != value { found.append("\(pointer): is not \(constant)") }
        if let values = schema["enum"]?.arrayValue, !values.contains(value) {
            found.append("\(pointer): \(value) is none of the values")
        }
        if let type = schema["type"]?.stringValue, !isType(value, type) { return found + ["\(pointer): is no \(type)"] }
        switch value {
        case .string(let text): found += violations(ofText: text, schema, pointer)
        case .integer(let number): found += violations(ofNumber: number, schema, pointer)
        case .array(let elements): found += violations(ofList: elements, schema, pointer)
        case .object(let members): found += violations(ofObject: members, schema, pointer)
        case .null, .bool, .number: break
        }
        return found
    }

    private func isType(_ value: JSON, _ type: String) -> Bool {
        switch value {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .integer: type == "integer" || type == "number"
        case .number: type == "number"
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        }
    }

    private func violations(ofText text: String, _ schema: JSON, _ pointer: String) -> [String] {
        let count = Int64(text.unicodeScalars.count)
        var found: [String] = []
        if count < schema["minLength"]?.integerValue ?? 0 { found.append("\(pointer): is too short") }
        if count > schema["maxLength"]?.integerValue ?? .max { found.append("\(pointer): is too long") }
        if let pattern = schema["pattern"]?.stringValue {
            let regex = try? Regex(pattern)
            if regex.map({ text.firstMatch(of: $0) == nil }) ?? true { found.append("\(pointer): is not \(pattern)") }
        }
        return found
    }

    private func violations(ofNumber number: Int64, _ schema: JSON, _ pointer: String) -> [String] {
        let least = schema["minimum"]?.integerValue ?? .min
        let most = schema["maximum"]?.integerValue ?? .max
        return (least...most).contains(number) ? [] : ["\(pointer): \(number) is out of range"]
    }

    private func violations(ofList elements: [JSON], _ schema: JSON, _ pointer: String) -> [String] {
        var found = elements.enumerated().flatMap { index, element in
            schema["items"].map { violations(of: element, against: $0, at: "\(pointer)/\(index)") } ?? []
        }
        let isRepeated = elements.indices.contains { elements[..<$0].contains(elements[$0]) }
        if schema["uniqueItems"] == true, isRepeated { found.append("\(pointer): repeats itself") }
        return found
    }

    private func violations(ofObject members: [JSONMember], _ schema: JSON, _ pointer: String) -> [String] {
        let properties = schema["properties"]
        var found = (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue)
            .filter { name in !members.contains { $0.name == name } }.map { "\(pointer)/\($0): is missing" }
        for member in members {
            let place = "\(pointer)/\(member.name)"
            if let property = properties?[member.name] {
                found += violations(of: member.value, against: property, at: place)
            } else if schema["additionalProperties"] == false {
                found.append("\(place): is not declared")
            } else if let rest = schema["additionalProperties"], rest.objectValue != nil {
                found += violations(of: member.value, against: rest, at: place)
            }
        }
        return found
    }
}
