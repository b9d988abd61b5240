"""
WeChat for the tests: its HTTP API and the callbacks it makes, built from its public documents, strict where they are.

    https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Overview.html
"""

from tests.wechatapi.person import Person as Person
from tests.wechatapi.person import Shown as Shown
from tests.wechatapi.server import WeChat as WeChat
