"""What PyPI's pymongocrypt makes of Wardseal's values, and values of its own for Wardseal. JSON in, JSON out."""

import json
import sys

import bson
from pymongocrypt.mongocrypt import MongoCryptOptions
from pymongocrypt.synchronous.explicit_encrypter import ExplicitEncrypter
from pymongocrypt.synchronous.state_machine import MongoCryptCallback, run_state_machine

def of(text):
    return bytes.fromhex(text)


def to(data):
    return bytes(data).hex()


class Vault(MongoCryptCallback):
    def __init__(self, keys):
        self.keys = keys

    def fetch_keys(self, filter):
        wanted = bson.decode(bytes(filter))["$or"]
        for key in self.keys:
            document = bson.decode(key)
            for one in wanted:
                if document["_id"] in one.get("_id", {}).get("$in", []):
                    yield key

    def bson_encode(self, doc):
        return bson.encode(doc)

    def kms_request(self, kms_context):
        raise RuntimeError("no service")

    def collection_info(self, *args):
        raise RuntimeError("no server")

    def mark_command(self, *args):
        raise RuntimeError("no query analysis")

    def insert_data_key(self, data_key):
        raise RuntimeError("no new keys")

    def close(self):
        pass


def main():
    asked = json.load(sys.stdin)
    providers = {name: {"key": of(key)} for name, key in asked["providers"].items()}
    vault = Vault([of(key) for key in asked["keys"]])
    encrypter = ExplicitEncrypter(vault, MongoCryptOptions(providers, bypass_encryption=False))
    opened = []
    for document in asked["open"]:
        with encrypter.mongocrypt.decryption_context(of(document)) as context:
            opened.append(to(run_state_machine(context, vault)))
    made = []
    for one in asked["make"]:
        options = {name: of(one[name]) for name in ("range_opts", "string_opts") if name in one}
        made.append(to(encrypter.encrypt(
            of(one["value"]), one["algorithm"], key_id=of(one["key"]), query_type=one.get("query"),
            contention_factor=0, is_expression=one.get("expression", False), **options)))
    import pymongocrypt
    json.dump({"version": pymongocrypt.__version__, "opened": opened, "made": made}, sys.stdout)


main()
