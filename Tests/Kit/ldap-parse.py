#!/usr/bin/python3
"""Reads LDAP filters and names with python3-ldap3, which shares no code with libldap.

ldap-parse.py <JSON {"filters": [...], "names": [...]} >JSON {"filters": [tree, ...], "names": [components, ...]}

A tree is ["and"|"or"|"not", tree, ...] or [operator, attribute, value as hex, ...]; components are lists of
[type, value]. What cannot be read is null.
"""
import json
import sys

from ldap3.core.exceptions import LDAPException
from ldap3.operation.search import compile_filter, parse_filter
from ldap3.utils.dn import parse_dn


def text(value):
    return bytes(value).hex()


def tree(node):
    kind, value = node.getName(), node.getComponent()
    if kind in ("and", "or"):
        return [kind] + [tree(part) for part in value]
    if kind == "notFilter":
        return ["not", tree(value["innerNotFilter"])]
    if kind == "present":
        return ["present", str(value)]
    if kind == "substringFilter":
        parts = [[part.getName(), text(part.getComponent())] for part in value["substrings"]]
        return ["substrings", str(value["type"])] + [word for part in parts for word in part]
    if kind == "extensibleMatch":
        return ["extensible", str(value["type"]), str(value["matchingRule"]), text(value["matchValue"])]
    return [kind, str(value["attributeDesc"]), text(value["assertionValue"])]


def filter_tree(source):
    try:
        return tree(compile_filter(parse_filter(source, None, True, False, None, False).elements[0]))
    except LDAPException:
        return None


def unescaped(value):
    data = bytearray()
    position = 0
    while position < len(value):
        if value[position] != "\\":
            data += value[position].encode()
            position += 1
        elif value[position + 1] in "0123456789abcdefABCDEF":
            data.append(int(value[position + 1 : position + 3], 16))
            position += 3
        else:
            data += value[position + 1].encode()
            position += 2
    return data.decode()


def components(name):
    try:
        parts = parse_dn(name, escape=False, strip=False)
    except LDAPException:
        return None
    result, joined = [], False
    for kind, value, separator in parts:
        if not joined:
            result.append([])
        result[-1].append([kind, unescaped(value)])
        joined = separator == "+"
    return result


request = json.load(sys.stdin)
print(json.dumps({
    "filters": [filter_tree(source) for source in request.get("filters", [])],
    "names": [components(name) for name in request.get("names", [])],
}))
