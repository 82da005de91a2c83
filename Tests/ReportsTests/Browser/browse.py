"""Opens a page in headless Chromium and does what standard input says, a JSON array of steps; prints what came of each.

Steps: {"evaluate": EXPRESSION}, {"key": NAME}, {"size": [WIDTH, HEIGHT]}, {"scheme": "dark"}, {"media": "print"},
{"screenshot": PATH}, {"time": EXPRESSION} (milliseconds until it is true).
The browser is spoken to through a pair of pipes (--remote-debugging-pipe), so that nothing but Python is needed.
"""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

KEYS = {"ArrowDown": 40, "ArrowUp": 38, "PageDown": 34, "PageUp": 33, "Home": 36, "End": 35, "Tab": 9, "Enter": 13, " ": 32}


class Browser:
    def __init__(self, program, profile):
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()

        def place():
            # 3 is read and 4 is written by the browser; first out of the way of each other.
            read, write = os.dup(to_browser), os.dup(from_browser)
            os.dup2(read, 3)
            os.dup2(write, 4)

        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
                 "--remote-debugging-pipe", "--user-data-dir=" + profile, "about:blank"]
        self.process = subprocess.Popen([program] + flags, preexec_fn=place, close_fds=False, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(to_browser)
        os.close(from_browser)
        self.number, self.rest, self.session, self.events = 0, b"", None, []

    def message(self):
        while b"\0" not in self.rest:
            piece = os.read(self.input, 1 << 16)
            if not piece:
                raise SystemExit("the browser has ended")
            self.rest += piece
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        data = json.dumps(request).encode() + b"\0"
        while data:
            data = data[os.write(self.output, data):]
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(method + ": " + json.dumps(answer["error"]))
                return answer["result"]
            self.events.append(answer)

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise SystemExit(expression + ": " + json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def until(self, expression):
        begin = time.monotonic()
        while not self.evaluate(expression):
            if time.monotonic() - begin > 120:
                raise SystemExit("never true: " + expression)
            time.sleep(0.01)
        return round((time.monotonic() - begin) * 1000)

    def open(self, path):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.call("Page.navigate", url="file://" + path)
        return self.until("document.readyState === 'complete'")

    def step(self, step):
        if "evaluate" in step:
            return self.evaluate(step["evaluate"])
        if "time" in step:
            return self.until(step["time"])
        if "key" in step:
            name = step["key"]
            for kind in ("rawKeyDown", "keyUp"):
                self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=KEYS[name])
            return None
        if "size" in step:
            width, height = step["size"]
            self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
            return None
        if "scheme" in step:
            self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": step["scheme"]}])
            return None
        if "media" in step:
            self.call("Emulation.setEmulatedMedia", media=step["media"])
            return None
        if "screenshot" in step:
            shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=step.get("whole", False))
            with open(step["screenshot"], "wb") as file:
                file.write(base64.b64decode(shot["data"]))
            return None
        raise SystemExit("unknown step " + json.dumps(step))


def main():
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        raise SystemExit("there is no chromium: apt-get install chromium")
    profile = tempfile.mkdtemp(prefix="browse-")
    browser = Browser(program, profile)
    try:
        opened = browser.open(os.path.abspath(sys.argv[1]))
        results = [browser.step(step) for step in json.load(sys.stdin)]
        faults = [event["params"] for event in browser.events
                  if event.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening")]
        requests = [event["params"]["request"]["url"] for event in browser.events
                    if event.get("method") == "Network.requestWillBeSent"]
        print(json.dumps({"results": results, "faults": faults, "requests": requests, "opened": opened}))
    finally:
        os.killpg(browser.process.pid, signal.SIGKILL)
        browser.process.wait()
        shutil.rmtree(profile, ignore_errors=True)


main()
