"""Hook implementations of the plugin; each delegates."""

from collections.abc import Sequence

from zhangfang_messaging.aliyun_sms import aliyun_vendor
from zhangfang_messaging.smtp import smtp_vendor
from zhangfang_sdk import hook
from zhangfang_sdk.vendors import Vendor


class Messaging:
    @hook
    def register_vendors(self) -> Sequence[Vendor]:
        return [smtp_vendor(), aliyun_vendor()]


plugin = Messaging()
