import CLibXML2

/// Writes a table as XML with libxml2's writer: `<users><user><name>…</name>…</user>…</users>`. An empty cell is an
/// empty element. Characters XML does not have are escaped (`XMLCharacters`).
final class XMLWriter: TableWriter {
    private let buffer: xmlBufferPtr
    private let writer: xmlTextWriterPtr
    private let row: String
    private let columns: [String]

    init(_ layout: TableLayout) throws(ExportError) {
        row = layout.row
        columns = layout.columns.map(\.name)
        guard let buffer = xmlBufferCreate() else { throw .library(-1) }
        guard let writer = xmlNewTextWriterMemory(buffer, 0) else {
            xmlBufferFree(buffer)
            throw .library(-1)
        }
        self.buffer = buffer
        self.writer = writer
        try check(xmlTextWriterStartDocument(writer, "1.0", "UTF-8", nil))
        try check(xmlTextWriterStartElement(writer, layout.root))
    }

    deinit {
        xmlFreeTextWriter(writer)
        xmlBufferFree(buffer)
    }

    func append(_ cells: [String]) throws(ExportError) {
        try check(xmlTextWriterWriteString(writer, "\n"))
        try check(xmlTextWriterStartElement(writer, row))
        for (name, cell) in zip(columns, cells) {
            try check(
                xmlTextWriterWriteElement(writer, name, XMLCharacters.escaped(cell, escapingReturns: false)))
        }
        try check(xmlTextWriterEndElement(writer))
    }

    func finish() throws(ExportError) {
        try check(xmlTextWriterWriteString(writer, "\n"))
        try check(xmlTextWriterEndDocument(writer))
    }

    func take() throws(ExportError) -> [UInt8]? {
        try check(xmlTextWriterFlush(writer))
        let count = Int(xmlBufferLength(buffer))
        guard count > 0, let content = xmlBufferContent(buffer) else { return nil }
        let bytes = Array(UnsafeBufferPointer(start: content, count: count))
        xmlBufferEmpty(buffer)
        return bytes
    }

    private func check(_ result: Int32) throws(ExportError) {
        if result < 0 { throw .library(result) }
    }
}
