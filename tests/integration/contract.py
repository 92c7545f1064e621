"""docs/openapi.yaml as the server serves it, and answers held against it."""

import re
from urllib.parse import quote

from schema import problems_of

METHODS = ("get", "put", "post", "delete", "patch", "options")


class Operation:
    def __init__(self, contract, path, method, node):
        self.contract, self.path, self.method = contract, path, method.upper()
        self.id, self.access, self.node = node["operationId"], node["x-access"], node
        body = node.get("requestBody")
        self.media = body["content"]["application/json"] if body else None

    def __str__(self):
        return f"{self.method} {self.path}"

    @property
    def body_schema(self):
        return self.contract.resolve(self.media["schema"])

    def body(self, **changes):
        """The contract's example of a body with some members changed."""
        return {**self.media["example"], **changes}

    def needed(self, but=None):
        """The query parameters that it needs, by their examples: `timeframe=1h&expr=close&`."""
        query = ""
        for parameter in map(self.contract.resolve, self.node.get("parameters", [])):
            if parameter["in"] == "query" and parameter.get("required") and parameter["name"] != but:
                example = parameter["example"]
                for value in example if isinstance(example, list) else [example]:
                    query += f"{parameter['name']}={quote(str(value), safe='')}&"
        return query

    def url(self, **filled):
        """The path with its parameters filled in, where nothing else is given by their examples."""
        parameters = self.contract.document["components"]["parameters"]
        examples = {"symbol": "BTCUSDT", "id": parameters["Id"]["example"], "name": parameters["LayoutName"]["example"],
                    "strategy": parameters["StrategyName"]["example"]}
        return re.sub(r"\{(\w+)\}", lambda match: {**examples, **filled}[match[1]], self.path)


class Contract:
    def __init__(self, document):
        self.document = document
        self.codes = document["x-problem-codes"]
        self.operations = [Operation(self, path, method, node) for path, item in document["paths"].items()
                           for method, node in item.items() if method in METHODS]

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for part in node["$ref"][2:].split("/"):
                target = target[part]
            node = target
        return node

    def operation(self, operation_id):
        return next(operation for operation in self.operations if operation.id == operation_id)

    def methods(self, path):
        """What `Allow` lists: HEAD goes wherever GET does, but at the socket."""
        methods = {operation.method for operation in self.operations if operation.path == path}
        return methods | {"HEAD"} if "GET" in methods and path != "/api/ws" else methods

    def faults(self, operation, answer):
        """Sentences about what in an answer is not as the contract says: its status, fields and body."""
        responses = operation.node["responses"]
        if str(answer.status) not in responses:
            return [f"{operation} answered {answer.status}, which is not listed: {answer.body[:300]}"]
        response = self.resolve(responses[str(answer.status)])
        found = self._faults_of_fields(operation, response, answer)
        kind = answer.headers["Content-Type"].split(";")[0] if answer.body else None
        if kind is None:
            found += [f"no body, but {list(response['content'])} is promised"] if "content" in response else []
        elif kind not in response.get("content", {}):
            found.append(f"a body of {kind}, which is not listed")
        elif kind.endswith("json"):
            found += problems_of(answer.json(), response["content"][kind]["schema"], self.document)
            found += self.faults_of_problem(answer) if kind == "application/problem+json" else []
        return [f"{operation} {answer.status}: {fault}" for fault in found]

    def _faults_of_fields(self, operation, response, answer):
        found = []
        for name, header in response.get("headers", {}).items():
            value, schema = answer.headers[name], self.resolve(header)["schema"]
            if value is None:
                found += [] if name == "Set-Cookie" and operation.id == "changePassword" else [f"no {name}"]
                continue
            if schema.get("type") == "integer":
                value = int(value)
            found += problems_of(value, schema, self.document, name)
        if answer.headers["X-Request-Id"] is None:
            found.append("no X-Request-Id")
        return found

    def faults_of_problem(self, answer):
        """Whether a problem is what x-problem-codes says of its code, and its fields agree with its body."""
        body = answer.json()
        kind = self.codes.get(body["code"])
        if kind is None:
            return [f"the code {body['code']} is not listed"]
        found = []
        for name, wanted in (("status", kind["status"]), ("title", kind["title"]), ("type", f"/api/docs#code-{body['code']}")):
            found += [f"{name} is {body[name]}, not {wanted}"] if body[name] != wanted else []
        found += [f"status {answer.status}"] if answer.status != kind["status"] else []
        found += ["another request_id than the field's"] if body.get("request_id") != answer.headers["X-Request-Id"] else []
        challenge = answer.headers["WWW-Authenticate"]
        if answer.status != 401:
            return found + ([f"WWW-Authenticate: {challenge}"] if challenge else [])
        wanted = 'Bearer realm="candlewick"' + ("" if body["code"] == "unauthorized" else f', error="{body["code"]}"')
        if challenge != wanted and not (challenge or "").startswith(f"{wanted}, error_description="):
            found.append(f"WWW-Authenticate is {challenge}, not {wanted}")
        return found
