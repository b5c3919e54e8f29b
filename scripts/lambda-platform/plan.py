"""usage: plan.py TEMPLATE PARAMETERS
What AWS would make of a SAM template, as JSON: the routes of its one HTTP API, and its functions with their archive and
environment. It is expanded by AWS's own transformation. PARAMETERS is a JSON object; what it leaves out has its default.
References to Secrets Manager stay as they are."""

import json
import os
import re
import sys
from pathlib import Path

# For the ARNs that the transformation writes; nothing is asked of AWS.
os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"

from samcli.yamlhelper import yaml_parse  # noqa: E402
from samtranslator.parser.parser import Parser  # noqa: E402
from samtranslator.translator.translator import Translator  # noqa: E402


class Template:
    """An expanded template with values for its parameters."""

    def __init__(self, path: Path, given: dict[str, str]) -> None:
        template = yaml_parse(path.read_text())
        declared = template["Parameters"]
        if unknown := given.keys() - declared.keys():
            sys.exit(f"no such parameters: {sorted(unknown)}")
        missing = [name for name in declared if name not in given and "Default" not in declared[name]]
        if missing:
            sys.exit(f"missing parameters: {missing}")
        self.values = {name: given.get(name, declared[name].get("Default")) for name in declared}
        for name, value in self.values.items():
            if not re.fullmatch(declared[name].get("AllowedPattern", ".*"), str(value)):
                sys.exit(f"{name} is not as its pattern says: {value!r}")
        self.archives = uploaded(template)
        self.expanded = Translator({}, Parser()).translate(template, {})
        self.resources = self.expanded["Resources"]
        for name, rule in self.expanded["Rules"].items():
            for one in rule["Assertions"]:
                if not self.resolve(one["Assert"]):
                    sys.exit(f"{name}: {one['AssertDescription']}")

    def resolve(self, value: object) -> object:
        """A value without the functions of CloudFormation. What only a deployment knows stays a function."""
        if isinstance(value, list):
            return [self.resolve(one) for one in value]
        if not isinstance(value, dict):
            return value
        match [*value.items()]:
            case [("Ref", name)] if name in self.values:
                return self.values[name]
            case [("Fn::Sub", str(text))]:
                return re.sub(r"\$\{(\w+)\}", lambda m: str(self.values.get(m[1], m[0])), text)
            case [("Fn::Equals", [one, other])]:
                return self.resolve(one) == self.resolve(other)
            case [("Fn::Not", [one])]:
                return not self.resolve(one)
            case [("Fn::And", all_of)]:
                return all(map(self.resolve, all_of))
            case [("Fn::Or", any_of)]:
                return any(map(self.resolve, any_of))
            case [("Fn::If", [condition, yes, no])]:
                return self.resolve(yes if self.resolve(self.expanded["Conditions"][condition]) else no)
        return {key: self.resolve(one) for key, one in value.items()}

    def of_type(self, kind: str) -> dict[str, dict]:
        return {name: one["Properties"] for name, one in self.resources.items() if one["Type"] == kind}

    def functions(self, folder: Path) -> dict[str, dict]:
        """By the names of their archives."""
        found = {}
        for logical_id, properties in self.of_type("AWS::Lambda::Function").items():
            archive = folder / self.archives[logical_id]
            found[archive.stem] = {
                "id": logical_id,
                "archive": str(archive.resolve()),
                "runtime": properties["Runtime"],
                "handler": properties["Handler"],
                "memory": properties["MemorySize"],
                "environment": self.resolve(properties["Environment"]["Variables"]),
            }
        return found

    def routes(self, functions: dict[str, dict]) -> list[dict]:
        """Every path with the method and the function that it leads to."""
        (api,) = self.of_type("AWS::ApiGatewayV2::Api").values()
        if "CorsConfiguration" in api or "x-amazon-apigateway-cors" in api["Body"]:
            sys.exit("the API answers preflights itself")
        names = {one["id"]: name for name, one in functions.items()}
        found = []
        for path, methods in api["Body"]["paths"].items():
            for method, operation in methods.items():
                integration = operation["x-amazon-apigateway-integration"]
                if integration["payloadFormatVersion"] != "2.0":
                    sys.exit(f"{path}: format {integration['payloadFormatVersion']}")
                target = re.search(r"\$\{(\w+)\.Arn\}", json.dumps(integration["uri"]))[1]
                found.append({"path": path, "method": method, "function": names[target]})
        return found


def uploaded(template: dict) -> dict[str, str]:
    """The archive of each function, in whose place now stands where `sam deploy` would have put it."""
    archives = {}
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            archives[name] = resource["Properties"]["CodeUri"]
            resource["Properties"]["CodeUri"] = f"s3://archives/{name}.zip"
    return archives


def main() -> None:
    path, given = Path(sys.argv[1]), json.loads(sys.argv[2])
    template = Template(path, given)
    functions = template.functions(path.parent)
    print(json.dumps({"functions": functions, "routes": template.routes(functions)}, indent=1))


main()
