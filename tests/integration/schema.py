"""As much of JSON Schema (2020-12) as docs/openapi.yaml and docs/asyncapi.yaml use. A keyword it does not know is an error, never passed over."""

import re

_IGNORED = {"description", "example", "examples", "default", "format", "title"}


def _is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, {"string": str, "boolean": bool, "object": dict, "array": list, "null": type(None)}[name])


def problems_of(value, schema, document, at="$"):
    """Sentences about what does not fit; empty when the value is valid."""
    found = []
    for keyword, rule in schema.items():
        if keyword in _IGNORED or keyword.startswith("x-"):
            continue
        if keyword == "$ref":
            target = document
            for part in rule[2:].split("/"):
                target = target[part]
            found += problems_of(value, target, document, at)
        elif keyword == "type":
            names = rule if isinstance(rule, list) else [rule]
            if not any(_is_type(value, name) for name in names):
                found.append(f"{at}: {value!r} is no {' or '.join(names)}")
        elif keyword == "const":
            if value != rule:
                found.append(f"{at}: {value!r} is not {rule!r}")
        elif keyword == "enum":
            if value not in rule:
                found.append(f"{at}: {value!r} is none of {rule}")
        elif keyword == "oneOf":
            if sum(not problems_of(value, one, document, at) for one in rule) != 1:
                found.append(f"{at}: fits not exactly one of {len(rule)}")
        elif keyword == "anyOf":
            if all(problems_of(value, one, document, at) for one in rule):
                found.append(f"{at}: fits none of {len(rule)}")
        elif keyword == "allOf":
            for one in rule:
                found += problems_of(value, one, document, at)
        elif keyword == "uniqueItems":
            if rule and isinstance(value, list) and any(item in value[:i] for i, item in enumerate(value)):
                found.append(f"{at}: an item is there twice")
        elif keyword == "required":
            found += [f"{at}: no {name}" for name in rule if isinstance(value, dict) and name not in value]
        elif keyword == "properties":
            for name, part in rule.items():
                if isinstance(value, dict) and name in value:
                    found += problems_of(value[name], part, document, f"{at}.{name}")
        elif keyword == "additionalProperties":
            known = schema.get("properties", {})
            if rule is False and isinstance(value, dict):
                found += [f"{at}: {name} is not known" for name in value if name not in known]
        elif keyword == "items":
            first = len(schema.get("prefixItems", []))
            for i, item in enumerate(value[first:] if isinstance(value, list) else []):
                found += problems_of(item, rule, document, f"{at}[{first + i}]")
        elif keyword == "prefixItems":
            for i, (item, part) in enumerate(zip(value if isinstance(value, list) else [], rule)):
                found += problems_of(item, part, document, f"{at}[{i}]")
        elif keyword in ("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"):
            if isinstance(value, (list, str, dict)) and (len(value) < rule if keyword.startswith("min") else len(value) > rule):
                found.append(f"{at}: has {len(value)}, {keyword} is {rule}")
        elif keyword == "minimum":
            if _is_type(value, "number") and value < rule:
                found.append(f"{at}: {value} is under {rule}")
        elif keyword == "maximum":
            if _is_type(value, "number") and value > rule:
                found.append(f"{at}: {value} is over {rule}")
        elif keyword == "pattern":
            if isinstance(value, str) and not re.search(rule, value):
                found.append(f"{at}: {value!r} does not match {rule}")
        else:
            found.append(f"{at}: the schema's keyword '{keyword}' is not known here")
    return found
